"""Canvas, axes and marks; knows no subject."""

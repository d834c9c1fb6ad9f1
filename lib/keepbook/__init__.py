"""Keepbook: who stays, what customers are worth, and which retention strategy works."""

__version__ = "0.2.0"

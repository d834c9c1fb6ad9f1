"""What may be concluded from effects and their errors: pure functions of numbers and small frames."""

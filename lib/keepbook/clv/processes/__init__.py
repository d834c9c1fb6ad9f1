"""When customers buy and what they pay: likelihoods, their maximum, and what the data leave possible."""

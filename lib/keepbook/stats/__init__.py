"""Statistics that belong to no subject: intervals, survival, always-valid, Bayes, power, multiplicity."""

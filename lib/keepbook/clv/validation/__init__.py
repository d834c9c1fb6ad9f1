"""Every method tried on the unit's own past."""

"""Adoption from the register to the plaque, the care and the end."""

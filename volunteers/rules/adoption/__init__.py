"""Adoption: how far it can go and by whose hand, its lists, its thresholds, its register."""

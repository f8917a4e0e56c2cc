"""Reports: forms, by noun."""

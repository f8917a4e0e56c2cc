"""Reports: queries, by noun."""

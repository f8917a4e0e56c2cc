"""What may be and what counts: codes, tables and pure functions."""

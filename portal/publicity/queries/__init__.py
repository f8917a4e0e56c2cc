"""Reads of publicity, by noun."""

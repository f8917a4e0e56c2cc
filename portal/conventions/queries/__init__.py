"""Reads of conventions and of self-government."""

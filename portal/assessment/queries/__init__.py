"""Reads of assessment."""

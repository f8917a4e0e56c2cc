"""Builders: plain typed functions that put one thing into a test's database."""

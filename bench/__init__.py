"""Measures the portal against itself: ``python -m bench``. What it means stands in README.md."""

"""Ratings of anything, and the figures made of them."""

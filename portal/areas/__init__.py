"""The tree of places, their outlines and tags; from a point to a place."""

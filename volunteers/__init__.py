"""Volunteers: shifts, patrols and the adoption of green space. An empty floor so far."""

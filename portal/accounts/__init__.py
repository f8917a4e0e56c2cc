"""People, roles in places, permissions, sign-in, and everything kept about a person."""

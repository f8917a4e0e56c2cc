"""The shape of what is typed about voluntary service."""

"""What may happen to conventions and in self-government."""

"""What may happen to what is published, by noun."""

"""What may happen to pledges."""

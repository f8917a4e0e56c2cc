"""What is true of pledges without a database: codes, lengths, pure functions."""

"""Forms of publicity, by noun."""

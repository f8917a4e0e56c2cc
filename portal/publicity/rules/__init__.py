"""Rules of publicity, by noun."""

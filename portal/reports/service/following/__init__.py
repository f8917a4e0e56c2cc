"""Following: asking for it and stopping it, the digests, and forgetting."""

"""What may happen in voluntary service: ``verb_noun(session, …, *, now)``."""

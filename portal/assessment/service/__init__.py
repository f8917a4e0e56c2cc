"""What may happen to assessments; to a period: ``freezing``."""

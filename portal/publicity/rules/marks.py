"""What a form remembers of what stood there when it was opened."""

import hashlib


def mark_of_words(*read: object) -> str:
    """A mark of what was read, to the letter: two that differ have different marks."""
    return hashlib.sha256(repr(read).encode()).hexdigest()

"""Work orders of other systems: taken over from their files, and handed out in the same shape."""

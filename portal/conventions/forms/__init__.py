"""The shape of input on the pages of conventions."""

"""Publicity: the exposure column (曝光) and the wall screens, which show acts and places only.

It stands above everything that it speaks of. Decision 0056 tells how it is built.
"""

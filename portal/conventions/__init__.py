"""Conventions (公约) and self-government of communities: texts, votes, meetings, the notice board.

It stands above ``portal.reports`` and below ``pledges`` and ``volunteers``. Decision 0051 tells how
it is built.
"""

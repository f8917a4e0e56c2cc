"""Volunteers: activities and shifts, sign-up, patrols, hours that can be proven, adopted green.

It stands above ``portal.reports`` (a finding of a patrol becomes a report) and above ``credit``
(confirmed hours and care are facts that earn points). Decision 0033 tells how it is built.
"""

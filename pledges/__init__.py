"""Pledges: frontages (门前三包/五包), their texts and plaques, signing, inspections, alliances.

It stands above ``portal.reports`` (a breach may open a case) and above ``credit`` (a signed pledge
is sealed there). Decision 0040 tells how it is built.
"""

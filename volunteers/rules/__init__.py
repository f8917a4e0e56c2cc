"""Codes, tables and pure functions of voluntary service: ``now`` is always an argument."""

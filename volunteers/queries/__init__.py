"""Reads of voluntary service: rows or small frozen dataclasses."""

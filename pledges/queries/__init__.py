"""Reads of pledges."""

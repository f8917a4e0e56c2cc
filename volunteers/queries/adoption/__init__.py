"""Reads of adoption: the register, undertakings with their people, care, checks, ratings."""

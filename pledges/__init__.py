"""Frontage pledges (门前三包/五包): clauses, plaques, inspections, alliances. Empty so far."""

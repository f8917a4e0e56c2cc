"""Units, departments, companies and teams: a dated register with successors."""

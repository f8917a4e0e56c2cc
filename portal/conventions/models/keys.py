"""What tables of conventions have in common."""

from sqlalchemy import Index, text


def only_one(name: str, *columns: str, where: str) -> Index:
    """At most one row of these columns while the condition holds, on both engines."""
    condition = text(where)
    return Index(
        f"uq_{name}", *columns, unique=True, sqlite_where=condition, postgresql_where=condition
    )

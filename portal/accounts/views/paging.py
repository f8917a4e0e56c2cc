"""Keyset paging of the audit: the place to go on from travels sealed, since it holds a key."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flask import abort

from portal.accounts.labels import AuditLine, audit_line
from portal.accounts.queries import PAGE, AuditRow
from portal.kernel.web import instance


def cursor(text: str | None) -> tuple[datetime, UUID] | None:
    """The moment and key from which a page goes on; None is the first page."""
    if not text:
        return None
    try:
        at, _, key = instance().vault.unseal(text).partition("|")
        return datetime.fromisoformat(at), UUID(key)
    except ValueError:
        abort(404)


def page(rows: Sequence[AuditRow]) -> tuple[list[AuditLine], str | None]:
    """The lines of one page, and the cursor of the following one when there is more."""
    lines = [audit_line(row) for row in rows[:PAGE]]
    if len(rows) <= PAGE:
        return lines, None
    last = rows[PAGE - 1]
    return lines, instance().vault.seal(f"{last.at.isoformat()}|{last.id}")

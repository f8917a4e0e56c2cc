"""How many matters of some kinds were open at a moment, by place."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from portal.reports.models import Case
from portal.reports.queries.case_parts import a_whole
from portal.reports.rules.figures import DONE, ENDED_UNDONE, NOT_COUNTED


def open_at(session: Session, kinds: Collection[str], moment: datetime) -> dict[str, int]:
    """Matters that were found before a moment and handled at or after it, or not yet, by place.

    What was opened again since is not handled yet; merged and void reports are nobody's (0025).
    """
    not_yet = Case.state.not_in(DONE | ENDED_UNDONE | NOT_COUNTED)
    handled = func.coalesce(Case.handled_at, Case.closed_at)
    statement = (
        select(Case.place_path, func.count().label("number"))
        .where(
            Case.category_code.in_(kinds), Case.found_at < moment, a_whole(),
            or_(not_yet, and_(Case.state.in_(DONE), handled >= moment)),
        )
        .group_by(Case.place_path)
    )  # fmt: skip
    return {row.place_path: row.number for row in session.execute(statement)}

"""The record of what was decided about public words and photos, and telling their author."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from portal.kernel.db import changed_rows
from portal.reports.models import ModerationAppeal, ModerationEntry
from portal.reports.queries.case import CaseRow
from portal.reports.rules.guarding import Act
from portal.reports.rules.reasons import Reason
from portal.reports.service.notices import tell_author
from portal.reports.service.whose import Whose, decided_on, whose_of


@dataclass(frozen=True)
class Decided:
    """What was decided about one text or photo: public words, or rectangles, before and after."""

    item_id: UUID
    act: Act
    by_reporter: bool
    reason: str | None = None
    before: str | None = None
    after: str | None = None
    reporter_id: UUID | None = None


def note_decisions(
    session: Session,
    case: CaseRow,
    decided: Iterable[Decided],
    *,
    actor_id: UUID | None,
    now: datetime,
) -> None:
    """Add to the record; nothing in it is ever changed but by erasure."""
    for one in decided:
        session.add(
            ModerationEntry(
                district=case.district,
                case_id=case.id,
                item_id=one.item_id,
                at=now,
                actor_id=actor_id,
                act=one.act,
                reason=one.reason,
                before=one.before,
                after=one.after,
                by_reporter=one.by_reporter,
            )
        )


def tell_decisions(
    session: Session,
    case: CaseRow,
    decided: Iterable[Decided],
    *,
    reason: Reason | None,
    now: datetime,
) -> None:
    """Tell the author, in one message for each kind, what of hers the public does not see."""
    withheld = f"report.withheld.{reason.value}" if reason is not None else None
    templates = {
        Act.WITHHELD: withheld,
        Act.MASKED: "report.masked",
        Act.COVERED: "report.covered",
    }
    told = dict.fromkeys((one.reporter_id, one.act) for one in decided if one.by_reporter)
    for act, template in templates.items():
        for author in (who for who, done in told if done is act and template is not None):
            tell_author(session, case, template or "", now=now, reporter_id=author)


def forget_decisions(session: Session, whose: Whose) -> int:
    """Empty what the record holds of somebody: who decided what, when and why stays (P2)."""
    entry = ModerationEntry
    hers = decided_on(whose)
    codes = [reason.value for reason in Reason]
    told = update(entry).where(*hers, entry.reason.is_not(None), entry.reason.not_in(codes))
    session.execute(told.values(reason=Reason.OTHER.value))
    words = or_(entry.before.is_not(None), entry.after.is_not(None))
    return changed_rows(session, update(entry).where(*hers, words).values(before=None, after=None))


def forget_objection(session: Session, district: str, reporter_id: UUID) -> None:
    """Delete a reporter's objection with the answer to it."""
    session.execute(
        delete(ModerationAppeal).where(
            ModerationAppeal.district == district, ModerationAppeal.reporter_id == reporter_id
        )
    )


def export_guarded(session: Session, row: Any) -> list[dict[str, Any]]:
    """What was decided on her words, and her objection: for the copy that she may ask for."""
    return [*_export_decisions(session, row), *_export_objection(session, row)]


def _export_decisions(session: Session, row: Any) -> list[dict[str, Any]]:
    entry = ModerationEntry
    found = session.execute(
        select(entry.at, entry.act, entry.reason, entry.before, entry.after)
        .where(*decided_on(whose_of(row)))
        .order_by(entry.id)
    )
    return [
        {
            "table": "moderation_entry",
            "number": row.number,
            "decided_at": one.at.isoformat(),
            "act": one.act.value,
            "reason": one.reason,
            "before": one.before,
            "after": one.after,
        }
        for one in found
    ]


def _export_objection(session: Session, row: Any) -> list[dict[str, Any]]:
    appeal = ModerationAppeal
    found = session.execute(
        select(appeal.at, appeal.words, appeal.answer).where(
            appeal.district == row.district, appeal.reporter_id == row.id
        )
    )
    return [
        {
            "table": "moderation_appeal",
            "number": row.number,
            "said_at": one.at.isoformat(),
            "words": one.words,
            "answer": one.answer,
        }
        for one in found
    ]

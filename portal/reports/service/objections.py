"""A reporter objects, once, to what of hers is kept from the public; somebody else answers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from credit.rules.guard import ProtectedAct
from portal.accounts.rules import Actor, Permission
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.reports.models import ModerationAppeal
from portal.reports.queries.case import (
    CaseReporterRow,
    CaseRow,
    PhotoRow,
    TextRow,
    photos_of,
    texts_of,
)
from portal.reports.queries.guard import deciders_before, objection_of
from portal.reports.rules.codes import Review
from portal.reports.rules.guarding import (
    MOST_WORDS,
    AppealRefusal,
    Outcome,
    may_answer,
)
from portal.reports.rules.reasons import Reason
from portal.reports.rules.transitions import holds
from portal.reports.service.notices import tell_author
from portal.reports.service.protection import protect


def may_object(session: Session, case: CaseRow, reporter: CaseReporterRow) -> bool:
    """Whether anything of this reporter's is kept from the public, and not by herself."""
    if not reporter.own:
        return False
    texts = (text for text in texts_of(session, case) if text.hers)
    photos = (photo for photo in photos_of(session, case) if photo.hers)
    return any(_text_kept(text) for text in texts) or any(_photo_kept(one) for one in photos)


def _text_kept(text: TextRow) -> bool:
    if text.review is Review.APPROVED:
        return text.public_text != text.text
    return text.review is Review.WITHHELD and text.review_reason != Reason.NOT_AGREED


def _photo_kept(photo: PhotoRow) -> bool:
    withheld = photo.review is Review.WITHHELD and photo.review_reason != Reason.NOT_AGREED
    return withheld or photo.covers is not None


def object_to_decision(
    session: Session, case: CaseRow, reporter: CaseReporterRow, words: str | None, *, now: datetime
) -> None:
    """Write an objection down. Raises Refused; the second of two at once is refused too."""
    said = _checked(words)
    if not may_object(session, case, reporter):
        raise Refused(AppealRefusal.NOTHING_KEPT)
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    row = dialect.insert(ModerationAppeal).values(
        district=case.district, reporter_id=reporter.id, case_id=case.id, at=now, words=said
    )
    if changed_rows(session, row.on_conflict_do_nothing()) != 1:
        raise Refused(AppealRefusal.ONCE)
    protect(session, case, [reporter], ProtectedAct.DISPUTE, now=now)


def _checked(words: str | None) -> str:
    said = (words or "").strip()
    if not said:
        raise Refused(AppealRefusal.NO_WORDS, field="words")
    if len(said) > MOST_WORDS:
        raise Refused(AppealRefusal.LONG_WORDS, field="words", facts={"most": MOST_WORDS})
    return said


@dataclass(frozen=True)
class Reply:
    """The answer to an objection, in a code and in words."""

    reporter_id: UUID
    outcome: Outcome | None
    words: str | None


def answer_objection(
    session: Session, case: CaseRow, reply: Reply, *, actor: Actor, now: datetime
) -> CaseRow:
    """Answer it, once. Whoever decided what is objected to leaves it to somebody else."""
    if not holds(actor, Permission.REPORT_MODERATE, case.place_path, case.unit_id):
        raise Forbidden
    objection = objection_of(session, case, reply.reporter_id)
    if objection is None:
        raise Missing
    if not may_answer(actor.person_id, deciders_before(session, case, objection.at)):
        raise Refused(AppealRefusal.OWN_DECISION)
    if reply.outcome is None:
        raise Refused(AppealRefusal.NO_OUTCOME, field="outcome")
    changed = changed_rows(
        session,
        update(ModerationAppeal)
        .where(
            ModerationAppeal.district == case.district,
            ModerationAppeal.reporter_id == reply.reporter_id,
            ModerationAppeal.case_id == case.id,
            ModerationAppeal.outcome.is_(None),
        )
        .values(
            outcome=reply.outcome,
            answer=_checked(reply.words),
            answered_at=now,
            answered_by=actor.person_id,
        ),
    )
    if changed != 1:
        raise Conflict(AppealRefusal.ANSWERED)
    template = f"report.objection.{reply.outcome.value}"
    tell_author(session, case, template, now=now, reporter_id=reply.reporter_id)
    return case

"""A reporter says how it went; an unhappy answer sends the matter back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from credit.rules.guard import ProtectedAct
from portal.kernel.errors import Conflict, Refused
from portal.kernel.outbox import cancel_messages
from portal.reports.queries.case import CaseReporterRow, CaseRow
from portal.reports.queries.rating import rating_standing
from portal.reports.queries.showing import offers_tick
from portal.reports.rules.rating import RatingRefusal, is_unhappy
from portal.reports.service.handling import reopen_case
from portal.reports.service.notices import rating_subject
from portal.reports.service.protection import is_low, protect_verdict
from portal.reports.service.voices import voice_of_rating
from portal.satisfaction.rules import Answers, Settings, SubjectKind
from portal.satisfaction.service import Subject, bound_to, record_rating


@dataclass(frozen=True)
class Verdict:
    """Answers, the words the unit may read (if any), and the version they were given over.

    ``shown``: she ticked that the unit sees the answers and all her words.
    """

    answers: Answers
    passed_on: str = ""
    seen: int = 0
    shown: bool = False


def rate_outcome(
    session: Session, case: CaseRow, reporter: CaseReporterRow, verdict: Verdict, *, now: datetime
) -> bool:
    """Keep a reporter's verdict; whether it sent the matter back.

    The unit learns that the matter came back, with the words passed on, and nothing of an answer
    without the tick, which changes nothing but what the page of the matter shows. The step
    goes first: it is the one write that decides between reporters who are unhappy at once.
    """
    standing = rating_standing(session, case, reporter.id, now, joined_at=reporter.joined_at)
    if standing.refusal is RatingRefusal.SENT_BACK:
        raise Conflict(standing.refusal)
    if standing.refusal is not None:
        raise Refused(standing.refusal)
    unhappy = is_unhappy(verdict.answers, standing.settings)
    if is_low(verdict.answers, standing.settings):
        protect_verdict(session, case, reporter, ProtectedAct.LOW_RATING, now=now)
    sent_back = _act_on(session, case, reporter, verdict, unhappy=unhappy, now=now)
    cancel_messages(session, rating_subject(case.number, reporter.id, case.cycle))
    subject = _subject(case, standing.settings)
    record_rating(
        session, subject, reporter.id, verdict.answers, seen=verdict.seen, now=now,
        shown=verdict.shown and offers_tick(session, case),
        bound=bound_to(
            session, person_id=reporter.person_id, phone_hash=reporter.phone_hash, link=reporter.id
        ),
    )  # fmt: skip
    return sent_back


def _act_on(
    session: Session,
    case: CaseRow,
    reporter: CaseReporterRow,
    verdict: Verdict,
    *,
    unhappy: bool,
    now: datetime,
) -> bool:
    """Whoever reported it sends it back alone; a neighbour is one voice among several."""
    if not reporter.relation.began:
        return voice_of_rating(session, case, reporter, unhappy=unhappy, now=now)
    if unhappy:
        protect_verdict(session, case, reporter, ProtectedAct.REOPENING, now=now)
        words, whose = verdict.passed_on or None, None if reporter.own else reporter.id
        reopen_case(session, case, passed_on_words=words, reporter_id=whose, now=now)
    return unhappy


def _subject(case: CaseRow, settings: Settings) -> Subject:
    if case.closed_at is None:
        raise Refused(RatingRefusal.NOT_CLOSED)
    return Subject(
        kind=SubjectKind.CASE,
        id=case.id,
        district=case.district,
        cycle=case.cycle,
        place_path=case.place_path,
        category_code=case.category_code,
        window_ends=settings.window_ends(case.closed_at),
    )

"""Ends without a unit: solved by whoever reported it, or by the head of her building.

Of two who act at once one moves the case, the other is told so: every step is the conditional
UPDATE of the loop. Until the days are over the reporter alone has the say, afterwards the verifier
alone; the moment itself decides, and no job has to run for it.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.rules.guard import ProtectedAct
from portal.accounts.rules import Actor
from portal.kernel.errors import Refused
from portal.kernel.instance import instance_of
from portal.kernel.uploads import KeptPhotos
from portal.reports.models import CasePhoto, CaseText
from portal.reports.queries.case import CaseReporterRow, CaseRow
from portal.reports.queries.doors import can_be_asked
from portal.reports.rules.codes import Event
from portal.reports.rules.doors import small_matters
from portal.reports.rules.reasons import Reason
from portal.reports.rules.transitions import Refusal
from portal.reports.service.handling import after_sent_back
from portal.reports.service.holding import hold_case
from portal.reports.service.loop import Brought, move_case
from portal.reports.service.notices import tell_step
from portal.reports.service.protection import protect_verdict
from portal.reports.service.steps import take_photos


def solve_case(
    session: Session,
    case: CaseRow,
    reporter: CaseReporterRow,
    *,
    words: str | None,
    photos: KeptPhotos,
    now: datetime,
) -> CaseRow:
    """自行解决 (R276): whoever reported it says that it is solved, and shows it.

    Like taking it back, this is for her who reported it alone: nobody ends what others wait for.
    """
    if not reporter.own:
        raise Refused(Refusal.NOT_ALONE)
    # somebody may be joining it at this moment
    hold_case(session, case)
    brought = Brought(
        words=words, photos=take_photos(session, photos, now), withheld=_not_agreed(session, case)
    )
    return move_case(session, case, Event.SELF_SOLVE, actor=None, now=now, brought=brought)


def _not_agreed(session: Session, case: CaseRow) -> str | None:
    """Who did not agree to show her first words and photos shows none of the later ones either."""
    for model in (CaseText, CasePhoto):
        refused = select(model.id).where(
            model.district == case.district,
            model.case_id == case.id,
            model.review_reason == Reason.NOT_AGREED.value,
        )
        if session.scalar(refused.limit(1)) is not None:
            return Reason.NOT_AGREED.value
    return None


def settle_case(
    session: Session,
    case: CaseRow,
    *,
    actor: Actor,
    words: str | None,
    photos: KeptPhotos,
    now: datetime,
) -> CaseRow:
    """The head of a building solved a small matter: the reporter is asked, else a verifier."""
    setting = small_matters(instance_of(session).city.raw)
    asked = can_be_asked(session, case)
    until = now + setting.answer_time if asked else None
    brought = Brought(
        words=words, photos=take_photos(session, photos, now), values=(("confirm_until", until),)
    )
    moved = move_case(session, case, Event.SETTLE, actor=actor, now=now, brought=brought)
    if asked:
        tell_step(session, moved, Event.SETTLE, now=now)
    else:
        tell_step(session, moved, Event.HANDLE, now=now)
    return moved


def confirm_settled(
    session: Session, case: CaseRow, reporter: CaseReporterRow, *, now: datetime
) -> CaseRow:
    """Yes, it is solved: that alone ends what the head of a building did."""
    _first_alone(reporter)
    return move_case(session, case, Event.CONFIRM, actor=None, now=now)


def deny_settled(
    session: Session,
    case: CaseRow,
    reporter: CaseReporterRow,
    *,
    words: str | None,
    now: datetime,
) -> CaseRow:
    """No, it is not: it goes the usual way, to a unit that the desk chooses."""
    _first_alone(reporter)
    brought = Brought(words=words)
    moved = move_case(session, case, Event.DENY, actor=None, now=now, brought=brought)
    protect_verdict(session, case, reporter, ProtectedAct.DISPUTE, now=now)
    after_sent_back(session, case, moved, Event.DENY, now=now)
    return moved


def _first_alone(reporter: CaseReporterRow) -> None:
    """Neighbours who joined are told like everybody; whose matter it is gives the answer."""
    if not reporter.own:
        raise Refused(Refusal.NOT_AWAITED)

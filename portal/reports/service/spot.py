"""Checks on the spot (核实 before filing, 核查 after the handling), also those kept on a phone.

A check is a step of the table: who handled a case does not check it. What a phone kept is sent
with a key that is spent once, as a report is (``service/offline.py``).
"""

import json
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number, hash_token
from portal.kernel.uploads import KeptPhotos
from portal.reports.models import Draft
from portal.reports.queries.case import CaseRow
from portal.reports.rules.codes import Event, State
from portal.reports.rules.grid import GridRefusal
from portal.reports.rules.intake import DRAFT_LIFETIME, DraftRefusal
from portal.reports.rules.offline import is_fresh_key
from portal.reports.rules.reasons import Reason
from portal.reports.service.drafts import DraftRow, keep_receipt, save_draft
from portal.reports.service.loop import Brought, case_as_seen, move_case
from portal.reports.service.steps import take_photos


@dataclass(frozen=True)
class SpotCheck:
    """What somebody found on the spot."""

    number: str
    finding: Reason | None
    words: str = ""
    photos: KeptPhotos = field(default_factory=KeptPhotos)


def check_event(state: State) -> Event:
    """Which of the two checks it is: of the report, or of the work."""
    return Event.RECHECK_SPOT if state is State.HANDLED else Event.VERIFY_SPOT


def check_on_spot(session: Session, check: SpotCheck, *, actor: Actor, now: datetime) -> CaseRow:
    """Add what was found to the case. Raises Refused for what the table does not allow."""
    number = clean_number(check.number)
    if number is None:
        raise Refused(GridRefusal.NO_NUMBER, field="number")
    try:
        case = case_as_seen(session, number, actor)
    except Missing as error:
        raise Refused(GridRefusal.NO_NUMBER, field="number") from error
    shown = take_photos(session, check.photos, now)
    brought = Brought(reason=check.finding, words=check.words, photos=shown)
    return move_case(session, case, check_event(case.state), actor=actor, now=now, brought=brought)


def send_check(
    session: Session, key: str, check: SpotCheck, *, actor: Actor, now: datetime
) -> tuple[str, bool]:
    """A check once for its key: (number, whether it had arrived already)."""
    if not is_fresh_key(key, now):
        raise Refused(DraftRefusal.TOO_OLD)
    before = check_sent(session, key)
    if before is not None:
        return before, True
    draft = DraftRow(hash_token(_token(key)))
    try:
        # the first write: of several at once one makes the row, and the others wait for it
        save_draft(session, draft, 0, {}, person_id=None, now=now)
    except Conflict:
        before = check_sent(session, key)
        if before is None:
            raise
        return before, True
    moved = check_on_spot(session, check, actor=actor, now=now)
    receipt = json.dumps({"number": moved.number})
    keep_receipt(session, draft, moved.number, receipt, now, lifetime=DRAFT_LIFETIME)
    return moved.number, False


def check_sent(session: Session, key: str) -> str | None:
    """The case of a check that arrived under a key."""
    return session.scalar(
        select(Draft.submitted_number).where(Draft.token_hash == hash_token(_token(key)))
    )


def _token(key: str) -> str:
    return f"check:{key}"

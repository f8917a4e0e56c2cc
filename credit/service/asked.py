"""The desk answers a request for a correction: one prepares, an administrator writes the entry.

Only who works for the whole district sees it: a request says what somebody earned and where.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from credit.queries.asking import AskRow, desk_request
from credit.rules.asking import FROM, LONGEST_WORDS, About, AskRefusal, AskState, AskStep
from credit.rules.asking import why_not_step as why_not
from credit.rules.correcting import LONGEST_REASON
from credit.service.asking import AskTold, step_on, tell
from credit.service.correcting import Correction, check_correction, correct_by_hand
from portal.accounts.rules import Actor, Permission
from portal.areas.queries import areas_by_codes
from portal.kernel.audit import note_action
from portal.kernel.errors import Forbidden, Missing, Refused
from portal.kernel.instance import instance_of

PREPARES, WRITES = Permission.CORRECTION_ANSWER, Permission.RULE_PUBLISH
NEEDS = {
    AskStep.PREPARE: PREPARES,
    AskStep.ANSWER: PREPARES,
    AskStep.SEND_BACK: WRITES,
    AskStep.CONFIRM: WRITES,
}


def desk_districts(session: Session, actor: Actor) -> Collection[str]:
    """The districts whose requests somebody answers or confirms."""
    areas = areas_by_codes(session, instance_of(session).city.roots)
    return [
        code
        for code, area in areas.items()
        if any(actor.may(verb, place_path=area.path) for verb in (PREPARES, WRITES))
    ]


def request_here(session: Session, actor: Actor, number: str) -> AskRow:
    """A request that is this desk's to see. Raises Missing for any other."""
    row = desk_request(session, desk_districts(session, actor), number)
    if row is None:
        raise Missing
    return row


def steps_open(session: Session, actor: Actor, row: AskRow) -> list[AskStep]:
    """What somebody can do with a request now."""
    return [step for step in NEEDS if _why_not(session, actor, row, step) is None]


def _why_not(session: Session, actor: Actor, row: AskRow, step: AskStep) -> object:
    area = areas_by_codes(session, [row.district])[row.district]
    if not actor.may(NEEDS[step], place_path=area.path):
        return Forbidden()
    return why_not(
        step, state=row.state, about=row.about, asker_id=row.person_id,
        prepared_by=row.prepared_by, actor_id=actor.person_id,
    )  # fmt: skip


def _begin(session: Session, actor: Actor, number: str, step: AskStep) -> tuple[AskRow, UUID]:
    """The request, and who acts. Raises Missing, Forbidden or Refused."""
    row = request_here(session, actor, number)
    found = _why_not(session, actor, row, step)
    if isinstance(found, AskRefusal):
        raise Refused(found)
    if found is not None or actor.person_id is None:
        raise Forbidden
    return row, actor.person_id


def prepare_correction(
    session: Session, actor: Actor, number: str, amount: int, reason: str, *, now: datetime
) -> None:
    """The first of two: what of the entry is to be taken back, and why; she reads the reason."""
    row, by = _begin(session, actor, number, AskStep.PREPARE)
    check_correction(session, _wish(row, amount, reason), actor_id=by)
    sealed = instance_of(session).vault.seal(reason.strip())
    step_on(
        session, row, FROM[AskStep.PREPARE], state=AskState.PREPARED, amount=amount,
        sealed_answer=sealed, prepared_by=by,
    )  # fmt: skip
    _note(session, row, by, AskStep.PREPARE, now)


def _wish(row: AskRow, amount: int, reason: str) -> Correction:
    if row.entry_id is None:
        raise Refused(AskRefusal.NO_ENTRY)
    return Correction(row.entry_id, amount, reason)


def send_back(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """The second does not agree: it is open again, and the promised day stays."""
    row, by = _begin(session, actor, number, AskStep.SEND_BACK)
    step_on(
        session, row, FROM[AskStep.SEND_BACK], state=AskState.OPEN, amount=None,
        sealed_answer=None, prepared_by=None,
    )  # fmt: skip
    _note(session, row, by, AskStep.SEND_BACK, now)


def confirm_correction(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """The second, an administrator, writes the entry. Nothing is edited: one more is written."""
    row, by = _begin(session, actor, number, AskStep.CONFIRM)
    # the request first: of two who confirm at once the second writes nothing
    step_on(
        session, row, FROM[AskStep.CONFIRM], state=AskState.CORRECTED, answered_by=by,
        answered_at=now,
    )  # fmt: skip
    done = correct_by_hand(session, _wish(row, row.amount or 0, row.answer), actor_id=by, now=now)
    step_on(session, row, AskState.CORRECTED, corrected_id=done.entry_id)
    _answered(session, row, by, AskStep.CONFIRM, now)


def answer_request(
    session: Session, actor: Actor, number: str, words: str, *, put_right: bool, now: datetime
) -> None:
    """Answer in words: it is right as it stands, or (nothing of the ledger) was put right.

    An entry is put right by a correction only.
    """
    row, by = _begin(session, actor, number, AskStep.ANSWER)
    if not 1 <= len(words.strip()) <= min(LONGEST_WORDS, LONGEST_REASON):
        raise Refused(AskRefusal.NO_WORDS, field="words", facts={"most": LONGEST_REASON})
    if put_right and row.about is About.ENTRY:
        raise Refused(AskRefusal.NOT_NOW)
    state = AskState.CORRECTED if put_right else AskState.REFUSED
    sealed = instance_of(session).vault.seal(words.strip())
    step_on(
        session, row, FROM[AskStep.ANSWER], state=state, sealed_answer=sealed, answered_by=by,
        answered_at=now,
    )  # fmt: skip
    _answered(session, row, by, AskStep.ANSWER, now)


def _answered(session: Session, row: AskRow, by: UUID, step: AskStep, now: datetime) -> None:
    _note(session, row, by, step, now)
    tell(session, row.person_id, row.number, AskTold.ANSWERED, now)


def _note(session: Session, row: AskRow, by: UUID, step: AskStep, now: datetime) -> None:
    """She sees on her own page who did what, and so does the auditor."""
    note_action(
        session, at=now, actor_id=by, action=f"correction:{step.value}",
        subject=f"correction:{row.number}", person_id=row.person_id,
    )  # fmt: skip

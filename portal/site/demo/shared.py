"""One matter of the demo that several units share, and one that units dispute."""

import csv
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.queries import actor_for
from portal.accounts.rules import Actor, Grant, Permission
from portal.kernel.outbox import cancel_messages
from portal.reports.queries.case import CaseRow, case_by_number
from portal.reports.rules.codes import Event
from portal.reports.rules.reasons import Reason
from portal.reports.service.demo import PlantedCase
from portal.reports.service.disputes import escalate_case
from portal.reports.service.handling import dispatch_case, take_step
from portal.reports.service.parts import NewPart, split_off
from portal.reports.service.routing import way_of

WORDS: Final = Path(__file__).resolve().parents[1] / "data" / "demo-shared.tsv"
RETURNS: Final = 2


def stage_shared(
    session: Session,
    planted: Sequence[PlantedCase],
    people: dict[str, UUID],
    now: datetime,
) -> None:
    """Split off two parts, and let two units return a case; the demo sends no messages.

    ``people``: whoever plays the desk and the command centre.
    """
    shared, disputed = (_row(session, case.number) for case in planted)
    words, before = _words(), now - timedelta(hours=2)
    desk = actor_for(session, people["street_desk"], now, second_factor=True)
    parts = [NewPart(kind, None, said) for kind, said in words["part"]]
    made = split_off(session, shared, parts, actor=desk, now=before)
    for _ in range(RETURNS):
        disputed = _returned(session, disputed, {"actor": desk, "now": before})
    centre = actor_for(session, people["city_centre"], now, second_factor=True)
    said = words["escalate"][0][1]
    escalate_case(session, disputed, actor=centre, now=before, words=said)
    for number in (*(case.number for case in planted), *(part.number for part in made)):
        cancel_messages(session, f"case:{number}")


def _returned(session: Session, case: CaseRow, by: dict[str, Any]) -> CaseRow:
    """Given to the next unit that may have it, which says that it is not its business."""
    tried = case.times_returned
    unit = way_of(session, case, by["now"]).units[tried]
    sent = dispatch_case(session, case, unit_id=unit.id, co_unit_ids=(), **by)
    grants = frozenset(
        Grant(verb, None, unit.id) for verb in (Permission.REPORT_HANDLE, Permission.REPORT_READ)
    )
    worker = Actor(by["actor"].person_id, grants=grants)
    return take_step(
        session, sent, Event.RETURN, actor=worker, now=by["now"], reason=Reason.NOT_OURS
    )


def _words() -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    with WORDS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            found.setdefault(row["step"], []).append((row["kind"], row["words"]))
    return found


def _row(session: Session, number: str) -> CaseRow:
    case = case_by_number(session, number)
    if case is None:
        raise LookupError(number)
    return case

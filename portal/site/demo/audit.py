"""What the demo's auditor did: a sample of the last weeks, with two findings."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Grant, Permission
from portal.kernel.clock import city_day
from portal.kernel.instance import instance_of
from portal.reports.queries.guard import closed_between, draw_by_number, sampled_of
from portal.reports.rules.sampling import Finding
from portal.reports.service.sampling import Wanted, draw_sample, record_finding

SEED, SIZE, DAYS = "3-5-2-6-6-1", 8, 30
WORDS: Final = Path(__file__).resolve().parents[1] / "data" / "demo-finding.txt"
FOUND: Final = (Finding.IN_ORDER, Finding.NOT_IN_ORDER)


def plant_audit(session: Session, people: Mapping[str, Sequence[UUID]], now: datetime) -> None:
    """Draw a sample as the auditor would; a demo too small to have closed anything has none."""
    auditor = people["auditor"][0]
    actor = Actor(person_id=auditor, grants=frozenset({Grant(Permission.AUDIT_DRAW)}))
    last = city_day(now, instance_of(session).city.zone) - timedelta(days=1)
    wanted = Wanted(last - timedelta(days=DAYS), last, SIZE, SEED)
    if not closed_between(session, now - timedelta(days=DAYS), now - timedelta(days=1), None):
        return
    number = draw_sample(session, wanted, actor=actor, now=now)
    drawn = draw_by_number(session, number)
    if drawn is None:
        raise RuntimeError("the sample that was just drawn is not there")
    said = WORDS.read_text("utf-8").strip()
    for row, finding in zip(sampled_of(session, drawn), FOUND, strict=False):
        words = said if finding is Finding.NOT_IN_ORDER else None
        record_finding(session, drawn, row.number, finding, words, actor=actor, now=now)

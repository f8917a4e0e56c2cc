"""What waits at the demo's command centre: a file to take over, and a wish for personal data."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Grant, Permission
from portal.kernel.clock import city_day
from portal.kernel.errors import Refused
from portal.kernel.instance import instance_of
from portal.reports.service.import_runs import HandedIn, hand_in
from portal.reports.service.personal_export import ExportWish, ask_export

DATA: Final = Path(__file__).resolve().parents[1] / "data"
DAYS: Final = timedelta(days=7)
MAY: Final = (Permission.ORDER_EXCHANGE, Permission.IDENTITY_EXPORT)


def plant_exchange(session: Session, people: Mapping[str, Sequence[UUID]], now: datetime) -> None:
    """One row of the file is doubtful, and the auditor has something to decide."""
    centre = people["city_centre"][0]
    actor = Actor(person_id=centre, grants=frozenset(Grant(verb) for verb in MAY))
    content = (DATA / "demo-orders.csv").read_bytes()
    hand_in(session, HandedIn("demo-orders.csv", content, "12319-tasks"), actor=actor, now=now)
    purpose, basis = (DATA / "demo-wish.txt").read_text("utf-8").splitlines()[:2]
    today = city_day(now, instance_of(session).city.zone)
    wish = ExportWish(purpose, basis, ("name", "phone"), today - DAYS, today)
    # a demo too small to have named reporters has nothing to hand out
    with suppress(Refused):
        ask_export(session, wish, actor=actor, now=now)

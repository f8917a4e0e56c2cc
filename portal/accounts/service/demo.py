"""Plants made-up people in bulk for the demo: without phone or password, they cannot sign in."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from portal.accounts.models import Person, RoleHolding
from portal.accounts.rules import RESIDENT, AgeBand
from portal.kernel.ids import new_id, new_number


def plant_people(session: Session, names: Iterable[str], *, now: datetime) -> list[UUID]:
    """Insert made-up residents; their ids, in order."""
    people: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "number": new_number(),
            "display_name": name,
            "language": "zh_Hans",
            "age_band": AgeBand.UNKNOWN,
            "demo": True,
            "created_at": now,
        }
        for name in names
    ]
    session.execute(insert(Person), people)
    holdings = [
        {"id": new_id(), "person_id": person["id"], "role": RESIDENT, "valid_from": now}
        for person in people
    ]
    session.execute(insert(RoleHolding), holdings)
    return [person["id"] for person in people]

"""A street of shops of the demo, taken over from a table like any street's."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from pledges.service.premises import MANAGE
from pledges.service.premises_import import import_premises
from portal.accounts.queries import actor_for
from portal.areas.rules import codes_of
from portal.kernel.errors import BadData
from portal.kernel.sheets import Encoding

# so long ago that a quarter of the street is over
TAKEN_OVER: Final = timedelta(days=240)
TABLE: Final = Path(__file__).resolve().parents[1] / "data" / "demo-premises.csv"


def plant_premises(session: Session, people: Mapping[str, Sequence[UUID]], now: datetime) -> None:
    """The street desk takes it over; the table names no place, so the desk's own is added.

    Raises BadData with every bad line.
    """
    desk = actor_for(session, people["street_desk"][0], now, second_factor=True)
    places = desk.places_for(MANAGE)
    if not places:
        return
    table, at = _table(codes_of(places[0])[-1]), now - TAKEN_OVER
    found = import_premises(session, desk, table, Encoding.UTF8, now=at)
    if found.flaws:
        raise BadData(TABLE.name, [(flaw.line, flaw.code.value) for flaw in found.flaws])


def _table(place: str) -> bytes:
    lines = TABLE.read_text("utf-8").splitlines()
    header, *rows = (line for line in lines if not line.startswith("#"))
    return "\n".join([f"place,{header}", *(f"{place},{row}" for row in rows)]).encode()

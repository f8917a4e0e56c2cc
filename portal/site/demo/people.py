"""The demo's fixed accounts, and who of them plays which part."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.queries import actor_for, person_by_phone
from portal.accounts.rules import Actor
from portal.accounts.service import NewPerson, Place, add_person, grant_role
from portal.accounts.service.people import hash_password
from portal.areas.queries import AreaRow, descendants_at_level, root_areas
from portal.kernel.errors import Missing
from portal.organisations.queries import OrganisationRow, organisations
from portal.organisations.rules import HANDLING_KINDS, Trade
from portal.reports.queries.categories import categories_on
from portal.reports.rules.categories import FunctionGroup

PASSWORD = "gongzhi-demo"  # noqa: S105  everyone may know it: it opens loopback only
ACCOUNTS = Path(__file__).resolve().parents[1] / "data" / "demo-accounts.tsv"
# whose work a kind of problem is; all other kinds are the city management's
TRADES = {
    FunctionGroup.UTILITIES: Trade.UTILITIES,
    FunctionGroup.SANITATION: Trade.SANITATION,
    FunctionGroup.GREENING: Trade.GREENERY,
}


@dataclass(frozen=True)
class DemoAccount:
    """One of the fixed accounts, as the start prints it."""

    role: str
    name: str
    phone: str
    place: str


def demo_accounts() -> list[DemoAccount]:
    """The fixed accounts: made-up phones in a fixed order."""
    with ACCOUNTS.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        return [
            DemoAccount(row["role"], row["name"], f"199000000{at:02}", row["place"])
            for at, row in enumerate(csv.DictReader(lines, delimiter="\t"), start=1)
        ]


def demo_actors(session: Session, now: datetime) -> dict[str, list[Actor]]:
    """The fixed accounts by role, with the roles that they hold at a moment and the second step."""
    found: dict[str, list[Actor]] = {}
    for account in demo_accounts():
        person = person_by_phone(session, f"+86{account.phone}")
        if person is not None:
            actor = actor_for(session, person.id, now, second_factor=True)
            found.setdefault(account.role, []).append(actor)
    return found


def demo_places(session: Session) -> dict[str, AreaRow]:
    """The city, its first street with two communities, and those two."""
    city = root_areas(session)[0]
    for street in descendants_at_level(session, city.path, "street"):
        communities = descendants_at_level(session, street.path, "community")
        if len(communities) > 1:
            return {
                "city": city,
                "street": street,
                "community": communities[0],
                "second": communities[1],
            }
    raise Missing("The demo needs a street with two communities, and the city has none.")


def units_by_category(session: Session, city: AreaRow, now: datetime) -> dict[str, UUID]:
    """For each kind of problem the unit that usually handles it."""
    units = [
        unit
        for unit in organisations(session)
        if unit.area_path == city.path and unit.kind in HANDLING_KINDS
    ]
    if not units:
        raise Missing("The demo needs units that serve the whole city, and there are none.")
    return {
        kind.code: _unit_of(TRADES.get(kind.group, Trade.CITY_MANAGEMENT), units)
        for kind in categories_on(session, now.date())
    }


def _unit_of(trade: Trade, units: Sequence[OrganisationRow]) -> UUID:
    return next((unit.id for unit in units if unit.trade is trade), units[0].id)


def open_accounts(
    session: Session, places: Mapping[str, AreaRow], unit_id: UUID, now: datetime
) -> dict[str, list[UUID]]:
    """Open the fixed accounts; the people by role. ``unit_id`` is the handling unit's."""
    opened: dict[str, list[UUID]] = {}
    # hashed once: one of these takes as long as planting a hundred people
    password_hash = hash_password(PASSWORD)
    for account in demo_accounts():
        new = NewPerson(name=account.name, phone=account.phone, demo=True)
        person = add_person(session, new, now=now)
        person.password_hash = password_hash
        # no code reaches a made-up phone
        person.phone_verified_at = now
        # people, then roles: the role's row refers to the person's
        session.flush()
        opened.setdefault(account.role, []).append(person.id)
        if account.role == "resident":
            continue
        at = Place()
        if account.place == "unit":
            at = Place(organisation_id=unit_id)
        elif account.place:
            at = Place(area_id=places[account.place].id)
        grant_role(session, None, person.id, account.role, at, now=now)
    return opened

"""Adoption for tests: a street with its register, its desk, adopters, and each stage of the way."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.kernel.instance import instance_of
from tests.make.accounts import actor, person, staff
from tests.make.areas import small_tree
from volunteers.queries.adoption.adoptions import AdoptionRow, adoption_by_number
from volunteers.queries.adoption.care import model_now
from volunteers.queries.adoption.plots import PlotRow, plot_by_number
from volunteers.rules.adoption.life import Party
from volunteers.rules.adoption.register import PlotWish
from volunteers.service.adoption.agreements import load_model
from volunteers.service.adoption.applying import Wish, apply_for
from volunteers.service.adoption.checking import check_site
from volunteers.service.adoption.registering import add_plot
from volunteers.service.adoption.signing import ForTheCity, Signature, countersign, sign

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
STREET, OTHER = "370283001", "370283002"
# inside the first community of the first street, and nowhere in the city
SPOT, OUTSIDE = (119.9, 36.7), (121.0, 36.7)
PUBLIC_NAME = "向日葵护绿队"


@dataclass
class Park:
    """Whoever is needed to adopt something."""

    tree: Mapping[str, Area]
    desk: Actor
    other_desk: Actor
    lead: Actor
    friend: Actor
    neighbour: Actor
    publisher: Actor


def park(database: Database) -> Park:
    """A street with its desk, two who adopt together, and a neighbour; the text is published."""
    with database.write() as session:
        tree = small_tree(session)
        load_model(session, instance_of(session).city, NOW - 30 * DAY)
        people = [actor(session, person(session, name)) for name in ("孙梅", "周涛", "吴邻居")]
        desks = [actor(session, staff(session, "street_desk", area=tree[code]))
                 for code in (STREET, OTHER)]  # fmt: skip
        publisher = actor(session, staff(session, "administrator", area=tree["370283"]))
        return Park(tree, *desks, *people, publisher)


def wish(**changes: Any) -> PlotWish:
    """A plot of the register as it is typed."""
    given = PlotWish(
        "LD-1", "green", "街角绿地", *SPOT, 1500, "园林中心", True, False, False, date(2026, 1, 1)
    )
    return replace(given, **changes)


def plot(session: Session, made: Park, **changes: Any) -> PlotRow:
    """A thing that the desk has put into the register."""
    number = add_plot(session, made.desk, wish(**changes), now=NOW)
    session.flush()
    found = plot_by_number(session, number)
    assert found is not None
    return found


def asks(**changes: Any) -> Wish:
    return replace(Wish("tend", Party.PERSON, words="每天浇水"), **changes)


def row_of(session: Session, number: str) -> AdoptionRow:
    session.flush()
    found = adoption_by_number(session, number)
    assert found is not None
    return found


def signature(session: Session, public: str = "") -> Signature:
    """A name under the newest text."""
    newest = model_now(session)
    assert newest is not None
    return Signature("孙梅签", newest.version, public)


def applied(
    session: Session, made: Park, where: PlotRow, who: Actor | None = None, *,
    now: datetime = NOW, **changes: Any,
) -> str:  # fmt: skip
    """Somebody has applied; the number."""
    number = apply_for(session, who or made.lead, where.number, asks(**changes), now=now)
    session.flush()
    return number


def offered(
    session: Session, made: Park, where: PlotRow, who: Actor | None = None, *,
    now: datetime = NOW, **changes: Any,
) -> str:  # fmt: skip
    """The desk has looked at the place, and it fits."""
    number = applied(session, made, where, who, now=now, **changes)
    check_site(session, made.desk, number, fits=True, reason="合适", now=now)
    session.flush()
    return number


def signed(
    session: Session, made: Park, where: PlotRow, who: Actor | None = None, *, public: str = "",
    now: datetime = NOW, **changes: Any,
) -> str:  # fmt: skip
    """The adopter has signed."""
    number = offered(session, made, where, who, now=now, **changes)
    sign(session, who or made.lead, number, signature(session, public), now=now)
    session.flush()
    return number


def active(
    session: Session, made: Park, where: PlotRow, who: Actor | None = None, *, public: str = "",
    grant_name: bool = False, now: datetime = NOW, **changes: Any,
) -> str:  # fmt: skip
    """The agreement is in force."""
    number = signed(session, made, where, who, public=public, now=now, **changes)
    countersign(session, made.desk, number, ForTheCity("徐值班签", grant_name), now=now)
    session.flush()
    return number


def refusal_of(act: Any) -> Any:
    """The code with which an act is refused."""
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code

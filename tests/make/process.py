"""Deductions on their way, for tests: the people they take, a rule, a basis, and each stage."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.models import Matter
from credit.queries.matters import MatterRow, matter_by_id
from credit.queries.routes import open_route
from credit.rules.guard import MATTER, Route
from credit.rules.process import BasisKind
from credit.rules.rulebook import Rule, RuleClass
from credit.rules.switch import SwitchWish
from credit.service import publish_rule
from credit.service.process import (
    BasisWish,
    Gates,
    ProposalWish,
    add_basis,
    check_proposals,
    confirm,
    propose,
    run_clocks,
)
from credit.service.sealing import seal
from credit.service.switch import confirm_switch, propose_switch
from portal.accounts.models import Person
from portal.accounts.rules import Actor
from portal.kernel.db import Database
from portal.kernel.uploads import KeptPhotos
from portal.organisations.rules import OrganisationKind
from tests.make.accounts import actor, staff
from tests.make.areas import small_tree
from tests.make.credit import DISTRICT, NOW, adult
from tests.make.organisations import unit

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# a Monday morning in Pingdu: the rule was published and sealed the day before
PUBLISHED = datetime.fromisoformat("2026-03-01T02:00:00+00:00")
START = datetime.fromisoformat("2026-03-02T02:00:00+00:00")
CHECKED = START + HOUR
ANNOUNCED = START + 2 * HOUR
WINDOW_OVER = ANNOUNCED + 15 * DAY + timedelta(minutes=1)
NO_PHOTOS = KeptPhotos()


@dataclass
class World:
    """Everybody whom a deduction takes, what it rests on, and how its gates stand."""

    database: Database
    subject: Person
    proposer: Actor
    centre: Actor
    reviewer: Actor
    second_reviewer: Actor
    keeper: Actor
    basis: str
    tree: dict[str, Any] = field(default_factory=dict)
    on: bool = True
    route: Route = Route.ORDINARY

    @property
    def gates(self) -> Gates:
        return Gates(
            lambda _session, _district, _at: self.on, lambda _session, **_given: self.route
        )

    def do(self, act: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """One act in a transaction of its own."""
        with self.database.write() as session:
            return act(session, *given, **named)

    def row(self, matter_id: UUID) -> MatterRow:
        with self.database.read() as session:
            found = matter_by_id(session, matter_id)
        assert found is not None
        return found

    def sent(self, matter_id: UUID) -> Route | None:
        """Where the guard sent a proposal that waits."""
        with self.database.read() as session:
            sealed = session.get_one(Matter, matter_id).sealed_route
            return open_route(session, sealed, MATTER, matter_id)

    def check(self, now: datetime = CHECKED) -> int:
        return check_proposals(self.database, now, gates=self.gates)

    def run(self, now: datetime) -> int:
        return run_clocks(self.database, now, gates=self.gates)


def litter_rule(**changes: Any) -> Rule:
    """Three points for rubbish thrown, for sixty days."""
    given: dict[str, Any] = {
        "code": "litter", "version": 0, "fact": "littering", "rule_class": RuleClass.DEDUCTION,
        "points": 3, "life_days": 60, "title": "乱扔垃圾", "source_text": "自律规范第九条",
        "evidence": "照片", "proposers": "street_desk", "valid_from": PUBLISHED,
    }  # fmt: skip
    return Rule(**{**given, **changes})


def world(
    database: Database,
    *,
    at: datetime = PUBLISHED,
    places: Callable[[Session], dict[str, Any]] = small_tree,
) -> World:
    """A street desk that proposes, a centre that confirms, two reviewers, one resident.

    ``places``: makes the places, or finds those that are there.
    """
    with database.write() as session:
        tree = places(session)
        publish_rule(session, DISTRICT, litter_rule(valid_from=at), actor_id=None, now=at)
        keeper = actor(session, staff(session, "administrator", area=tree["370283"]))
        wish = BasisWish(
            BasisKind.LEGAL, "平度市城市管理条例（演示）", "第十二条", "市人大公告（演示）",
            date(2020, 1, 1),
        )  # fmt: skip
        made = World(
            database=database,
            subject=adult(session),
            proposer=actor(session, staff(session, "street_desk", area=tree["370283001"])),
            centre=actor(session, staff(session, "city_centre")),
            reviewer=actor(session, staff(session, "credit_reviewer")),
            second_reviewer=actor(session, staff(session, "credit_reviewer")),
            keeper=keeper,
            basis=add_basis(session, DISTRICT, wish, actor=keeper, now=at),
            tree=tree,
        )
    seal(database, at)
    return made


def wish(made: World, **changes: Any) -> ProposalWish:
    """A proposal about the resident as the street desk would type it."""
    given: dict[str, Any] = {
        "subject": made.subject.number, "rule_code": "litter", "basis": made.basis,
        "act": "在路边丢下一袋垃圾", "place": "东阁街道", "happened_at": START - HOUR,
        "source": "case:7K3M9-QX2HD",
    }  # fmt: skip
    return ProposalWish(**{**given, **changes})


def proposed(made: World, *, now: datetime = START, **changes: Any) -> UUID:
    """A proposal; the id of its matter."""
    number = made.do(
        propose, DISTRICT, wish(made, **changes), actor=made.proposer, gates=made.gates, now=now
    )
    with made.database.read() as session:
        found = session.scalar(select(Matter.id).where(Matter.number == number))
    assert found is not None
    return found


def waiting(made: World, *, now: datetime = START, **changes: Any) -> UUID:
    """A proposal that the guard has let through."""
    matter_id = proposed(made, now=now, **changes)
    made.check(now + HOUR)
    return matter_id


def announced(made: World, *, now: datetime = ANNOUNCED, **changes: Any) -> UUID:
    """A deduction that the person was told of."""
    matter_id = waiting(made, now=now - 2 * HOUR, **changes)
    made.do(confirm, matter_id, no_interest=True, actor=made.centre, gates=made.gates, now=now)
    return matter_id


def in_effect(made: World, **changes: Any) -> UUID:
    """A deduction that counts, its window over."""
    matter_id = announced(made, **changes)
    made.run(WINDOW_OVER)
    return matter_id


def shop(session: Session, made: World) -> Any:
    """A company in the street."""
    at = made.tree["370283001"]
    return unit(session, "PD-SHOP-1", "好味小吃店", kind=OrganisationKind.COMPANY, area=at)


def switch_on(made: World, now: datetime) -> None:
    """Deductions as a city switches them on: two administrators and a document, sealed."""
    asked = SwitchWish(
        "市城市管理条例", "李负责", "局长", b"%PDF-1.7 made up", document_public=True
    )
    with made.database.write() as session:
        other = staff(session, "administrator", area=made.tree["370283"])
        who = made.keeper.person_id
        assert who is not None
        number = propose_switch(session, DISTRICT, asked, actor_id=who, now=now)
        confirm_switch(session, number, actor_id=other.id, now=now)
    seal(made.database, now)


__all__ = ["NOW", "World", "world"]

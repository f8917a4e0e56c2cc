"""Deductions of the small demo, for a look at each of their pages.

The small demo has them switched off, so that a wish to switch them on can be looked at: these were
made when they were on.
"""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.models import Matter
from credit.rules.guard import Route
from credit.rules.process import BasisKind
from credit.service import publish_rule
from credit.service.process import (
    BasisWish,
    Gates,
    ProposalWish,
    add_basis,
    check_proposals,
    confirm,
    consent_to_basis,
    object_to,
    propose,
)
from credit.service.sealing import seal
from portal.accounts.models import Person
from portal.accounts.rules import Actor, AgeBand
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.uploads import KeptPhotos
from tests.make.accounts import actor
from tests.make.credit import DISTRICT
from tests.make.process import litter_rule

WHO: Final = {
    "credit.desk_deduction": "street_desk",
    "credit.deduction_letter": "street_desk",
    "credit.desk_deductions": "street_desk",
    "credit.deduction_bases": "administrator",
}
CASES: Final = {
    "credit.desk_deduction": "deduction",
    "credit.deduction_letter": "deduction",
    "credit.revoke_deduction_basis": "basis",
}
NO_PAGE: Final = {
    "credit.deduction_photo": "a picture",
    "credit.deduction_step": "a page for each step; 'deduction-confirm' and others are looked at",
}
MORE: Final = (
    ("deduction-confirm", "city_centre", "/desk/deductions/{deduction_waiting}/confirm"),
    ("deduction-put-right", "street_desk", "/desk/deductions/{deduction}/put-right"),
    ("deduction-decide", "credit_reviewer", "/desk/deductions/{deduction_disputed}/decide"),
    ("deduction-extend", "credit_reviewer", "/desk/deductions/{deduction_disputed}/extend"),
    ("deduction-paper", "street_desk", "/desk/deductions/{deduction}/objection"),
    ("deduction-disputed", "credit_reviewer", "/desk/deductions/{deduction_disputed}"),
    ("deduction-waiting", "city_centre", "/desk/deductions/{deduction_waiting}"),
    ("deductions-reviewer", "credit_reviewer", "/desk/deductions/"),
)
GATES: Final = Gates(lambda *_given: True, lambda *_given, **_named: Route.ORDINARY)


def plant(database: Database, people: dict[str, Person]) -> dict[str, str]:
    """One that waits, one that was announced, one that is disputed, about the demo's resident."""
    moment = now()
    with database.write() as session:
        publish_rule(session, DISTRICT, litter_rule(valid_from=moment), actor_id=None, now=moment)
        session.get_one(Person, people["resident"].id).age_band = AgeBand.ADULT
        wish = BasisWish(
            BasisKind.LEGAL, "平度市城市管理条例（演示）", "第十二条", "市人大公告（演示）",
            (moment - timedelta(days=400)).date(),
        )  # fmt: skip
        keeper = actor(session, people["administrator"])
        basis = add_basis(session, DISTRICT, wish, actor=keeper, now=moment)
        _agree(session, people["resident"].id, keeper, moment)
    seal(database, moment)
    numbers = [_proposed(database, people, basis, at) for at in range(3)]
    check_proposals(database, now() + timedelta(hours=1), gates=GATES)
    ids = [_announced(database, people, number) for number in numbers[1:]]
    with database.write() as session:
        object_to(
            session, person_id=people["resident"].id, matter_id=ids[1], statement="那不是我丢的",
            files=KeptPhotos(), now=now(),
        )  # fmt: skip
    names = ("deduction_waiting", "deduction", "deduction_disputed")
    return {"basis": basis, **dict(zip(names, numbers, strict=True))}


def _agree(session: Session, person_id: UUID, keeper: Actor, moment: datetime) -> None:
    """Two conventions; the resident agreed to one of them."""
    wishes = [
        BasisWish(
            BasisKind.CONVENTION,
            title,
            "第三条",
            "社区公告栏（演示）",
            (moment - timedelta(days=90)).date(),
        )
        for title in ("东阁社区居民公约（演示）", "楼院停车公约（演示）")
    ]
    numbers = [add_basis(session, DISTRICT, wish, actor=keeper, now=moment) for wish in wishes]
    consent_to_basis(session, numbers[0], person_id, gates=GATES, now=moment)


def _proposed(database: Database, people: dict[str, Person], basis: str, at: int) -> str:
    with database.write() as session:
        moment = now()
        wish = ProposalWish(
            subject=people["resident"].number, rule_code="litter", basis=basis,
            act="在路边丢下一袋垃圾", place="东阁街道", happened_at=moment, source=f"第{at}次巡查",
        )  # fmt: skip
        who = actor(session, people["street_desk"])
        return propose(session, DISTRICT, wish, actor=who, gates=GATES, now=moment)


def _announced(database: Database, people: dict[str, Person], number: str) -> UUID:
    with database.write() as session:
        matter_id = _id(session, number)
        who: Any = actor(session, people["city_centre"])
        confirm(session, matter_id, no_interest=True, actor=who, gates=GATES, now=now())
    return matter_id


def _id(session: Session, number: str) -> UUID:
    return session.scalars(select(Matter.id).where(Matter.number == number)).one()

"""Benefits for tests: offers, and people who have points to spend on them."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from credit.queries.accounts import account_of, balance_of, unit_sums, wrong_balances
from credit.queries.benefits import BenefitRow, RedemptionRow, benefit, redemption
from credit.rules.benefits import BenefitRefusal, BenefitWish
from credit.rules.kinds import Party
from credit.rules.leaf import Unit
from credit.service import give_consent
from credit.service.benefits import check_benefit, offer_benefit
from credit.service.redeeming import code_of, redeem
from portal.accounts.queries import actor_for
from portal.accounts.rules import Actor
from portal.areas.models import Area
from portal.kernel.errors import Refused
from tests.make.accounts import actor, staff
from tests.make.credit import DISTRICT, NOW, account, adult

COMMUNITY = f"{DISTRICT}001001"
WISH = BenefitWish(
    kind="goods",
    titles={"zh_Hans": "环保购物袋", "zh_Hant": "環保購物袋", "en": "Shopping bag"},
    words={"zh_Hans": "帆布袋一个", "en": "One canvas bag"},
    price=5,
    per_person=None,
    hold_days=7,
    pick_up="社区服务中心，工作日 9:00–17:00",
    offered_by="东阁社区",
    valid_from=date(2026, 1, 1),
    valid_to=None,
)


def desk(session: Session, tree: dict[str, Area], role: str = "community_committee") -> Actor:
    """Somebody of the desk of a community, new each time."""
    return actor(session, staff(session, role, area=tree[COMMUNITY]), NOW)


def offer(
    session: Session, tree: dict[str, Area], *, stock: int | None = 1, **changes: Any
) -> BenefitRow:
    """An offer that a second person has checked."""
    wish = replace(WISH, **changes)
    code = offer_benefit(
        session, desk(session, tree), wish, area_code=COMMUNITY, stock=stock, now=NOW
    )
    check_benefit(session, desk(session, tree), code, declared=True, seen=1, now=NOW)
    return read(session, code)


def read(session: Session, code: str) -> BenefitRow:
    found = benefit(session, code)
    assert found is not None
    return found


def kept(session: Session, number: str) -> RedemptionRow:
    found = redemption(session, number)
    assert found is not None
    return found


def saver(session: Session, points: int = 20, *, until: datetime | None = None) -> Actor:
    """A resident with points."""
    who = adult(session)
    give_consent(session, DISTRICT, who.id, now=NOW)
    account(session, holder=who.id, points=points, until=until)
    return actor_for(session, who.id, NOW)


def available(session: Session, who: Actor) -> int:
    assert who.person_id is not None
    mine = account_of(session, DISTRICT, Party.PERSON, who.person_id, Unit.POINTS)
    assert mine is not None
    found = balance_of(session, DISTRICT, mine)
    assert found is not None
    return found.available


def redeemed(session: Session, who: Actor, row: BenefitRow, now: datetime = NOW) -> str:
    """The number of one that is kept for her."""
    return redeem(session, who, row.code, price=row.price, now=now)


def pick_up_code(session: Session, number: str) -> str:
    return code_of(session, kept(session, number).id)


def account_id_of(session: Session, who: Actor) -> UUID:
    assert who.person_id is not None
    mine = account_of(session, DISTRICT, Party.PERSON, who.person_id, Unit.POINTS)
    assert mine is not None
    return mine


def refusal(code: BenefitRefusal) -> Any:
    """That something is refused with a code."""
    return pytest.raises(Refused, match=f"^{code.value}$")


def check_books(session: Session) -> None:
    """Balances are what their entries make, and every unit adds up to nought."""
    assert wrong_balances(session) == []
    assert set(unit_sums(session).values()) <= {0}

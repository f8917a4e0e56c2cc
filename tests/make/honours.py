"""Nominations and honours for tests: a street with its staff, nominees, every step of the way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from credit.models import Honour
from credit.queries.honours import Asked, HonourRow, honour_by_number, public_honours
from credit.queries.quizzes import open_quizzes
from credit.rules.honours import Wish
from credit.rules.rulebook import RuleClass
from credit.service import publish_rule
from credit.service.honours.answering import Answer, answer_honour
from credit.service.honours.checking import Check, check_nomination
from credit.service.honours.deciding import grant_honour
from credit.service.honours.nominating import Nomination, nominate
from credit.service.sealing import seal
from portal.accounts.models import Person
from portal.accounts.rules import Actor
from portal.areas.models import Area
from portal.kernel import clock
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.kernel.ids import hash_token
from tests.credit.rulebook import shift_rule
from tests.make.accounts import actor, person, staff
from tests.make.areas import small_tree
from tests.make.credit import DISTRICT, NOW, adult

COMMUNITY, STREET, OTHER = "370283001001", "370283001", "370283002"
KIND = "civil_citizen"
WORDS = "每天清早清扫楼道，坚持了三年"
CITATION = "三年如一日清扫楼道"


@dataclass
class Street:
    """Whoever is needed to honour somebody."""

    tree: Mapping[str, Area]
    nominator: Actor
    committee: Actor
    desk: Actor
    other_desk: Actor
    nominee: Person


def street(database: Database) -> Street:
    """A street with a committee that checks, a desk that decides, and somebody to honour."""
    with database.write() as session:
        tree = small_tree(session)
        return Street(
            tree,
            actor(session, person(session, "赵邻居")),
            actor(session, staff(session, "community_committee", area=tree[COMMUNITY])),
            actor(session, staff(session, "street_desk", area=tree[STREET])),
            actor(session, staff(session, "street_desk", area=tree[OTHER])),
            adult(session),
        )


def told(**changes: Any) -> Nomination:
    given = {"kind": KIND, "place": COMMUNITY, "whom": "三单元王大姐", "words": WORDS}
    return Nomination(**{**given, **changes})


def newest(session: Session) -> HonourRow:
    session.flush()
    number = session.scalars(select(Honour.number).order_by(Honour.id.desc())).first()
    found = honour_by_number(session, number or "")
    assert found is not None
    return found


def nominated(session: Session, city: Street, *, now: datetime = NOW, **changes: Any) -> HonourRow:
    """A resident has nominated somebody in words."""
    nominate(session, city.nominator, told(**changes), now=now)
    return newest(session)


def asked(
    session: Session, city: Street, *, nominee: str = "", now: datetime = NOW, **changes: Any
) -> HonourRow:
    """The committee knows who it is, and has asked her."""
    row = nominated(session, city, now=now, **changes)
    check = Check(nominee or city.nominee.number, CITATION)
    number = check_nomination(session, city.committee, row.number, check, now=now)
    found = honour_by_number(session, number)
    assert found is not None
    return found


def granted(
    session: Session, city: Street, wish: Wish = Wish.SHOWN, *, now: datetime = NOW, **changes: Any
) -> HonourRow:
    """She has answered, and it is decided."""
    row = asked(session, city, now=now, **changes)
    if row.party == "person":
        answer_honour(session, row, Answer(wish, "王大姐"), now=now)
    grant_honour(session, city.desk, row.number, now=now)
    found = honour_by_number(session, row.number)
    assert found is not None
    return found


def honour_things(session: Session, people: Mapping[str, Person], place: str) -> dict[str, str]:
    """Beside the demo's own: one that a resident is asked about, by page and by link."""
    committee, neighbour = (
        actor(session, people[role]) for role in ("community_committee", "shop_owner")
    )
    moment, token = clock.now(), "l" * 32
    nominate(session, neighbour, told(place=place), now=moment)
    number = newest(session).number
    check = Check(people["resident"].number, CITATION)
    check_nomination(session, committee, number, check, now=moment)
    session.execute(
        update(Honour).where(Honour.number == number).values(link_hash=hash_token(token))
    )
    nominate(session, neighbour, told(place=place, kind="good_neighbour"), now=moment)
    return {
        "honour_asked": number,
        "honour_link": token,
        "honour_new": newest(session).number,
        "quiz": open_quizzes(session, date.max)[0].number,
    }


def refusal_of(act: Any) -> Any:
    """The code with which an act is refused."""
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


def count(session: Session, table: Any) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def shown(session: Session, now: datetime = NOW) -> list[HonourRow]:
    """What stands in public."""
    return public_honours(session, Asked(), now)


def honour_rule(database: Database) -> None:
    """Ten points for a role model, published and sealed the day before."""
    at = NOW - timedelta(days=1)
    with database.write() as session:
        rule = shift_rule(
            at, code="role_model", fact="role_model", rule_class=RuleClass.HONOUR, points=10
        )
        publish_rule(session, DISTRICT, rule, actor_id=None, now=at)
    seal(database, at)

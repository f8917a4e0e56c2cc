"""Public questions for tests: a street with its office, a department, and who asks and decides."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.areas.models import Area
from portal.kernel.clock import now as clock_now
from portal.kernel.db import Database
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of
from portal.organisations.models import Organisation
from portal.organisations.rules import OrganisationKind
from portal.publicity.models import Question
from portal.publicity.queries.questions import Opened, question_by_number
from portal.publicity.rules.questions import HiddenWhy, QuestionState
from portal.publicity.service.questions import QuestionWish, ask_question, decide_question
from tests.make.accounts import actor, person, staff
from tests.make.areas import small_tree
from tests.make.organisations import unit

STREET = "370283001"
OTHER_STREET = "370283002"
TITLE, WORDS = "东阁路何时通车", "东阁路施工围挡已设置三个月，请问何时完工通车？"


def question(session: Session, area: Area, of: Organisation, **changes: Any) -> Question:
    """A published question to a unit."""
    vault = instance_of(session).vault
    values: dict[str, Any] = {
        "organisation_id": of.id, "area_id": area.id, "place_path": area.path,
        "person_id": None, "sealed_title": vault.seal(TITLE), "sealed_words": vault.seal(WORDS),
        "title": TITLE, "words": WORDS, "folded": f"{TITLE}{WORDS}", "asked_at": clock_now(),
        "state": QuestionState.SHOWN, "decided_at": clock_now(), "decided_by": new_id(),
    }  # fmt: skip
    if changes.get("state", QuestionState.SHOWN) is not QuestionState.SHOWN:
        values |= dict.fromkeys(("title", "words", "folded"))
    row = Question(**values | changes)
    session.add(row)
    session.flush()
    return row


def question_things(session: Session, area: Area, who: Any = None) -> dict[str, str]:
    """One of each: published, waiting, refused, answered; the last two are of ``who``."""
    street = session.scalars(select(Area).where(Area.code == area.code[:9])).one()
    kind = OrganisationKind.STREET_OFFICE
    office = unit(session, f"PD-ASKED-{street.code}", "东阁街道办事处", kind=kind, area=street)
    at, mine = clock_now(), who.id if who else new_id()
    hidden = {"state": QuestionState.HIDDEN, "hidden_why": HiddenWhy.REPORT, "person_id": mine}
    answered = {"person_id": mine, "answer": "本月底完工。", "answered_at": at}
    return {
        "question_shown": question(session, area, office).number,
        "question_waiting": question(session, area, office, state=QuestionState.WAITING,
                                     decided_at=None, decided_by=None).number,
        "question_hidden": question(session, area, office, **hidden).number,
        "question_answered": question(session, area, office, **answered).number,
    }  # fmt: skip


@dataclass
class Forum:
    """Who asks, who decides (two), who answers for a department and for a street's office."""

    database: Database
    asker: Actor
    first: Actor
    second: Actor
    department: Actor
    office: Actor
    elsewhere: Actor
    deputy: Actor
    area: Area

    def ask(self, now: datetime, who: Actor | None = None, **changes: str) -> str:
        """A question to the department; its number."""
        given = {"unit": "ASKED-DEPT", "title": TITLE, "words": WORDS}
        with self.database.write() as session:
            wish = QuestionWish(**given | changes)
            return ask_question(session, who or self.asker, wish, now=now)

    def decide(
        self, number: str, now: datetime, why: HiddenWhy | None = None, who: Actor | None = None
    ) -> None:
        """Publish it, or not."""
        with self.database.write() as session:
            decide_question(session, who or self.first, number, why, "说明", now=now)

    def shown(self, now: datetime, **changes: str) -> str:
        """A published question to the department."""
        number = self.ask(now, **changes)
        self.decide(number, now)
        return number

    def row(self, number: str) -> Opened:
        with self.database.read() as session:
            found = question_by_number(session, number)
        assert found is not None
        return found


def forum(database: Database) -> Forum:
    """All of them, in a small town."""
    with database.write() as session:
        tree = small_tree(session)
        area = tree[STREET]
        department = unit(session, "ASKED-DEPT", "城市管理局", area=tree["370283"])
        for street in (STREET, OTHER_STREET):
            unit(session, f"ASKED-{street}", f"{street}街道办事处", area=tree[street],
                 kind=OrganisationKind.STREET_OFFICE)  # fmt: skip
        return Forum(
            database, actor(session, person(session)),
            *(actor(session, staff(session, "city_centre")) for _ in range(2)),
            actor(session, staff(session, "handling_unit", organisation=department)),
            actor(session, staff(session, "street_desk", area=area)),
            actor(session, staff(session, "street_desk", area=tree[OTHER_STREET])),
            actor(session, staff(session, "deputy", area=area)), area,
        )  # fmt: skip

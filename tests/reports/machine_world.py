"""The world of ``test_loop_machine.py``: who lives in it, and where a walk stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.organisations.rules import OrganisationKind
from portal.reports.models import CaseProxy, HandlingLimit, LimitCondition
from portal.reports.queries.case import CaseReporterRow, CaseRow, EventRow, events_of, reporters_of
from portal.reports.queries.case_parts import parts_under, whole_of
from portal.reports.rules.codes import Closing, Event, Relation, State
from portal.reports.rules.doors import Behalf
from tests.make import reports
from tests.make.areas import small_tree
from tests.make.calendars import know_next_year
from tests.make.doors import building
from tests.make.organisations import unit
from tests.make.ratings import ratings_on

HOURS = (1, 5, 30, 130)
NAME, PHONES = "反映人甲", ("13800001271", "13800001272", "13800001273")
# settled by the head of a building; closed with a photo, and its limit depends on how bad it is
SMALL = "litter"
# closed by words alone
BY_WORDS = "noise_test"
ASKED_FOR = timedelta(days=5)
# states, written down once more by hand
UNDONE = {
    State.REPORTED, State.ACCEPTED, State.FILED, State.DISPATCHED, State.REWORK, State.REOPENED,
}  # fmt: skip
OPEN = UNDONE | {State.HANDLED}
DONE = {Event.HANDLE, Event.SETTLE}
Brings = Literal["all", "nothing", "no photo"]


@dataclass(frozen=True)
class World:
    """Two units of a street, and everybody who may touch a case; None is a reporter."""

    database: Database
    places: tuple[Area, Area]
    units: tuple[UUID, UUID]
    people: dict[str, Actor | None]

    def unit_of(self, who: str) -> UUID | None:
        at = {"worker": 0, "both": 0, "colleague": 1}.get(who)
        return None if at is None else self.units[at]

    def id_of(self, who: str) -> UUID | None:
        actor = self.people[who]
        return actor.person_id if actor else None


def _people(units: tuple[UUID, UUID]) -> dict[str, Actor | None]:
    worker, checker = reports.handler(units[0]), reports.verifier()
    return {
        "desk": reports.desk(),
        "centre": reports.staff(Permission.DISPUTE_SETTLE, Permission.REPORT_DISPATCH),
        "worker": worker,
        "colleague": reports.handler(units[1]),
        # works for the first unit and verifies elsewhere: never what her own unit did
        "both": Actor(reports.staff().person_id, "test", worker.grants | checker.grants),
        "checker": checker,
        "lead": reports.staff(Permission.REPORT_HANDLE, Permission.REPORT_RESPOND),
        "head": reports.staff(Permission.REPORT_SETTLE),
        "walker": reports.staff(Permission.GRID_WORK),
        "reader": reports.staff(),
        "reporter": None,
        "neighbour": None,
    }


def make_world(database: Database) -> World:
    """Once for all walks: each takes back what it did."""
    with database.write() as session:
        tree = small_tree(session)
        house, street = building(session, tree), tree["370283001"]
        reports.category(session, SMALL)
        reports.category(session, BY_WORDS, closing=Closing.WORDS, minutes=960)
        _limits(session)
        know_next_year(session)
        ratings_on(session, tree["370283"])
        unit(session, "LXH", kind=OrganisationKind.JOINT_MEETING, area=tree["370283"])
        two = [unit(session, code, area=street).id for code in ("HW", "SZ")]
        units = (two[0], two[1])
    return World(database, (house, tree["370283001001"]), units, _people(units))


def _limits(session: Session) -> None:
    for code, minutes in (("serious", 240), ("slight", 960)):
        names = {"name_zh_Hans": code, "name_zh_Hant": code, "name_en": code}
        session.add(LimitCondition(code=code, position=1, **names))
        limit = {"valid_from": reports.SINCE, "source": "test", "tag": "", "stage": 1}
        session.add(HandlingLimit(category_code=SMALL, condition=code, minutes=minutes, **limit))


def new_report(session: Session, world: World, at: int, now: datetime, **how: bool) -> str:
    """A public report with its reporter; ``proxied``: typed in for her by the desk."""
    place = world.places[0 if how["inside"] else 1]
    phone = PHONES[at % len(PHONES)]
    words = f"垃圾堆了三天，电话{phone}"
    made = reports.reported(
        session, place, sealed=how["sealed"], urgent=how["urgent"], listed=True, words=words,
        found_at=now,
    )  # fmt: skip
    proxied = how["proxied"]
    relation = Relation.PROXY if proxied else Relation.FIRST
    told = {"phone": f"+86{phone}", "name": NAME, "relation": relation}
    reporter = reports.reporter(session, made, **told)
    if proxied:
        session.add(
            CaseProxy(
                district=made.district, case_id=made.id, reporter_id=reporter.id,
                filer_id=world.id_of("desk"), filed_at=now, behalf=Behalf.RESIDENT,
            )
        )  # fmt: skip
    session.flush()  # its number is asked for by the next step
    return made.number


@dataclass(frozen=True)
class Walk:
    """Where a walk stands: a case, another one, the time, and what comes with the next step."""

    world: World
    session: Session
    case: CaseRow
    other: CaseRow
    now: datetime
    filed_by_desk: bool = False
    urged: frozenset[tuple[UUID, object]] = frozenset()
    to: int = 0
    brings: Brings = "all"

    @cached_property
    def events(self) -> list[EventRow]:
        return events_of(self.session, self.case)

    @cached_property
    def reporters(self) -> list[CaseReporterRow]:
        return reporters_of(self.session, self.case)

    @cached_property
    def whole(self) -> CaseRow | None:
        return whole_of(self.session, self.case)

    @cached_property
    def open_parts(self) -> int:
        return sum(part.state in OPEN for part in parts_under(self.session, self.case))

    @property
    def unit(self) -> UUID:
        """Whom the next dispatch names."""
        return self.world.units[self.to]

    @property
    def stopped(self) -> bool:
        return self.case.paused_until is not None and self.now < self.case.paused_until

    @property
    def own(self) -> CaseReporterRow | None:
        return next((row for row in self.reporters if row.own), None)

    def reporter(self, who: str) -> CaseReporterRow | None:
        """Whoever acts as one behind the case, if there is such a one."""
        if who == "reporter":
            return self.own
        return next((row for row in self.reporters if row.relation is Relation.ME_TOO), None)

    def count(self, *events: Event) -> int:
        return sum(event.event in events for event in self.events)

    def last(self, *events: Event) -> EventRow | None:
        """The last of some steps, whichever came last."""
        return last_of(self.events, *events)


def last_of(history: Sequence[EventRow], *events: Event) -> EventRow | None:
    return next((event for event in reversed(history) if event.event in events), None)

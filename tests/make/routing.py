"""Rows of the responsibility list for tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.kernel.db import Database
from portal.organisations.models import Organisation
from portal.organisations.rules import OrganisationKind as Kind
from portal.organisations.rules import Trade
from portal.reports.models import Case
from portal.reports.queries.case import CaseRow
from portal.reports.rules.codes import State, Target
from portal.reports.rules.routing import (
    ENFORCEMENT_CONDUCT,
    Allowance,
    Responsibility,
    read_receiver,
)
from portal.reports.service.handling import dispatch_case
from portal.reports.service.responsibilities import put_allowance, put_row
from tests.make import reports
from tests.make.areas import small_tree
from tests.make.organisations import unit
from tests.make.reports import NOW, desk, row_of

SINCE = date(2026, 1, 1)
PLACE = "370283001001"


def row(code: str, lead: str, *co: str, **more: Any) -> Responsibility:
    """A row as the rules take it; receivers are spelled as in a list."""
    receivers = [read_receiver(text) for text in (lead, *co)]
    assert None not in receivers
    first, *others = (one for one in receivers if one is not None)
    given = {"valid_from": SINCE, "source": f"list {code}", **more}
    return Responsibility(code=code, lead=first, co=tuple(others), **given)


def rule(session: Session, code: str, lead: str, *co: str, **more: Any) -> Responsibility:
    """The same, written down."""
    made = row(code, lead, *co, **more)
    put_row(session, made)
    # cases refer to the row
    session.flush()
    return made


def allow(session: Session, code: str, **more: Any) -> None:
    """Something that communities may be given."""
    put_allowance(session, Allowance(code, valid_from=SINCE, source=f"list {code}", **more))
    # it is read at once
    session.flush()


class Town:
    """A street with its office, a community, an enforcement bureau with a team, and inspectors."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.tree = small_tree(session)
        reports.category(session)
        reports.category(session, ENFORCEMENT_CONDUCT, target=Target.PERSON_OR_SHOP)
        self.place: Area = self.tree[PLACE]
        city, street = self.tree["370283"], self.tree["370283001"]
        self.office = unit(session, "JD", "街道办事处", kind=Kind.STREET_OFFICE, area=street)
        self.bureau = unit(session, "CG", "执法局", trade=Trade.CITY_MANAGEMENT, area=city)
        self.team = unit(session, "ZF", "执法中队", kind=Kind.TEAM, area=street, parent=self.bureau)
        self.roads = unit(session, "SZ", "市政中心", trade=Trade.UTILITIES, area=city)
        self.inspectors = unit(session, "DC", "督察组", kind=Kind.STATION, area=city)
        self.committee = unit(session, "JW", "居委会", kind=Kind.COMMITTEE, area=self.place)

    def case(self, category: str = "litter", state: State = State.FILED, **more: Any) -> Case:
        return reports.case(self.session, self.place, category_code=category, state=state, **more)

    def give(self, case: Case, to: Organisation, **more: Any) -> CaseRow:
        row = row_of(self.session, case)
        return dispatch_case(self.session, row, actor=desk(), now=NOW, unit_id=to.id, **more)


@contextmanager
def town(database: Database) -> Iterator[Town]:
    with database.write() as session:
        yield Town(session)

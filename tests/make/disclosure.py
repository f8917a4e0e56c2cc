"""Disclosure for tests: a figure, a key task, and who enters them."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Grant, Permission
from portal.areas.models import Area
from portal.kernel.clock import now
from portal.publicity.models import DisclosedInput
from portal.publicity.rules.disclosure import InputKind, InputWish, TaskWish
from portal.publicity.service.disclosure import enter_input, start_task
from tests.make.organisations import unit

DUE = date(2099, 12, 31)


def discloser() -> Actor:
    """Somebody who discloses everywhere."""
    return Actor(grants=frozenset({Grant(Permission.DISCLOSURE_WRITE, role="city_centre")}))


def input_wish(area: Area, **changes: Any) -> InputWish:
    """The city's funds for cleaning."""
    given: dict[str, Any] = {
        "kind": InputKind.FUNDS, "place": area.code, "year": 2026, "amount": 7_000_000,
        "title": "环卫经费", "source": "2026 年部门预算", "link": "https://budget.example/2026",
    }  # fmt: skip
    return InputWish(**given | changes)


def task_wish(area: Area, unit_code: str) -> TaskWish:
    """A key task of a unit."""
    title, goal, source = "背街小巷整治", "整治二十条背街小巷。", "年度工作要点"
    return TaskWish(title, goal, unit_code, area.code, DUE, source)


def disclosure_things(session: Session, area: Area) -> dict[str, str]:
    """A figure and a key task in a place: their numbers."""
    lead = unit(session, f"PD-LEAD-{area.code}", "城市管理局")
    enter_input(session, discloser(), input_wish(area), replaced="换新", now=now())
    task = start_task(session, discloser(), task_wish(area, lead.code), "录入", now=now())
    mine = select(DisclosedInput.number).where(DisclosedInput.area_id == area.id)
    return {"disclosed_input": session.scalars(mine).one(), "key_task": task}

"""Certified time: whole minutes inside the plan, confirmed by another, counted once, told once."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.models import Entry
from credit.service import give_consent
from portal.accounts.models import Person
from portal.accounts.rules import Actor
from portal.accounts.service import erase_person, export_person
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from tests.credit.rulebook import shift_rule
from tests.credit.test_facts import publish
from tests.make import volunteers as make
from tests.make.accounts import actor, person, staff
from tests.make.areas import small_tree
from tests.make.credit import DISTRICT, adult
from tests.make.together import at_once
from volunteers.models import Certificate, ServiceHours, Shift, SignUp
from volunteers.queries.hours import certificate, figures, hours_of, on_notice
from volunteers.rules.hours import (
    NOTICE,
    CertificateRefusal,
    HoursRefusal,
    HoursSettings,
    HoursState,
    Stay,
    count_once,
    counted_span,
)
from volunteers.rules.shifts import Span
from volunteers.rules.signing_up import SignUpState
from volunteers.service import certificates
from volunteers.service.certificates import (
    make_certificate,
    own_certificate,
)
from volunteers.service.crediting import tell_ledger
from volunteers.service.hours import Stayed, confirm_hours, void_hours

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
STARTS = make.NOW - 10 * DAY
PLAN = Span(STARTS, STARTS + 2 * HOUR)


# --- pure ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("came", "left", "minutes"),
    [
        (0, 120, 120), (-15, 120, 135), (-16, 120, 135), (-300, 500, 150), (0, 135, 135),
        (0, 136, 135), (60, 61, 1), (130, 200, 5), (136, 200, 0), (-200, -20, 0),
    ],
)  # fmt: skip
def test_what_lies_outside_the_plan_and_its_tolerance_is_not_counted(
    came: int, left: int, minutes: int
) -> None:
    span = counted_span(PLAN, STARTS + came * MINUTE, STARTS + left * MINUTE, HoursSettings())
    assert span.minutes == minutes


@pytest.mark.parametrize("wrong", [-1, 121, "15", True, 1.5])
def test_a_tolerance_that_nobody_can_mean_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="hours_tolerance_after"):
        HoursSettings.read({"hours_tolerance_after": wrong})


SPANS = st.lists(st.tuples(st.integers(0, 300), st.integers(1, 120)), max_size=8)


@given(SPANS)
def test_the_same_minute_never_counts_twice_and_the_parts_make_the_total(
    found: list[tuple[int, int]],
) -> None:
    stays = [
        Stay(uuid4(), Span(STARTS + start * MINUTE, STARTS + (start + long) * MINUTE))
        for start, long in found
    ]
    # the slow way: minute by minute
    total = {minute for start, long in found for minute in range(start, start + long)}
    parts = count_once(stays)
    assert sum(parts.values()) == len(total)
    for stay in stays:
        assert 0 <= parts[stay.id] <= stay.span.minutes


@given(st.lists(st.tuples(st.integers(0, 20_000), st.integers(1, 9_000)), max_size=8))
def test_seconds_at_the_seams_are_neither_lost_nor_doubled(found: list[tuple[int, int]]) -> None:
    second = timedelta(seconds=1)
    stays = [
        Stay(uuid4(), Span(STARTS + a * second, STARTS + (a + long) * second)) for a, long in found
    ]
    covered: list[tuple[int, int]] = []
    for start, end in sorted((a, a + long) for a, long in found):
        if covered and start <= covered[-1][1]:
            covered[-1] = (covered[-1][0], max(end, covered[-1][1]))
        else:
            covered.append((start, end))
    whole = sum(end // 60 - start // 60 for start, end in covered)
    assert sum(count_once(stays).values()) == whole


# --- on both engines ------------------------------------------------------------------------------


class World:
    """A shift that is over, three people on it, an organiser."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.write() as session:
            tree: dict[str, Area] = small_tree(session)
            self.place = tree[DISTRICT]
            self.organiser = actor(
                session, staff(session, "volunteer_organiser", area=self.place), make.NOW
            )
            self.activity = make.activity(session, self.place)
            self.shift = self._shift(session, STARTS)
            self.people = [adult(session) for _ in range(3)]
            self.sign_ups = [make.sign_up(session, self.shift, one.id) for one in self.people]

    def _shift(self, session: Session, starts_at: datetime) -> Shift:
        return make.shift(session, self.activity, starts_at=starts_at, seats={"member": 9})

    def confirm(
        self,
        *which: int,
        now: datetime = make.NOW,
        by: Actor | None = None,
        came: datetime = STARTS,
        left: datetime = STARTS + 2 * HOUR,
    ) -> list[str]:
        stays = [Stayed(self.sign_ups[one].number, came, left) for one in which]
        with self.database.write() as session:
            return confirm_hours(session, by or self.organiser, self.shift.number, stays, now=now)

    def write(self, act: Callable[[Session], Any]) -> Any:
        with self.database.write() as session:
            return act(session)

    def hours(self, person: Person) -> list[Any]:
        with self.database.read() as session:
            return hours_of(session, person.id)


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def refused(code: Any, act: Callable[[], Any], kind: type[Refused] = Refused) -> None:
    with pytest.raises(kind) as caught:
        act()
    assert caught.value.code is code


def test_time_is_confirmed_hangs_out_for_seven_days_and_is_then_certified(world: World) -> None:
    [number, _] = world.confirm(0, 1)
    [row] = world.hours(world.people[0])
    assert (row.number, row.minutes, row.counted) == (number, 120, 120)
    assert row.state(make.NOW) is HoursState.NOTICE
    assert row.state(make.NOW + NOTICE - MINUTE) is HoursState.NOTICE
    assert row.state(make.NOW + NOTICE) is HoursState.CERTIFIED
    with world.database.read() as session:
        assert len(on_notice(session, ["/"], make.NOW)) == 2
        assert on_notice(session, ["/"], make.NOW + NOTICE) == []
        whole = Span(STARTS - DAY, make.NOW)
        assert figures(session, "/", whole, make.NOW).services == 0
        found = figures(session, "/", whole, make.NOW + NOTICE)
    assert (found.minutes, found.services, found.people) == (240, 2, 2)


def test_nobody_confirms_her_own_time_twice_too_early_or_of_a_stranger(world: World) -> None:
    early = STARTS + HOUR
    refused(HoursRefusal.NOT_OVER, lambda: world.confirm(0, now=early))
    refused(HoursRefusal.BACKWARDS, lambda: world.confirm(0, came=STARTS, left=STARTS))
    late = STARTS + 5 * HOUR
    refused(HoursRefusal.NOTHING, lambda: world.confirm(0, came=late, left=late + HOUR))
    world.confirm(0)
    refused(HoursRefusal.ALREADY, lambda: world.confirm(1, 0), Conflict)
    # all or nothing: the other one was not recorded either
    assert world.hours(world.people[1]) == []

    def as_volunteer(session: Session) -> Actor:
        mine = staff(session, "volunteer_organiser", area=world.place)
        world.sign_ups.append(make.sign_up(session, world.shift, mine.id))
        return actor(session, mine, make.NOW)

    by = world.write(as_volunteer)
    refused(HoursRefusal.ONESELF, lambda: world.confirm(3, by=by))
    resident = world.write(lambda session: actor(session, person(session), make.NOW))
    with pytest.raises(Forbidden):
        world.confirm(1, by=resident)


def test_two_organisers_at_once_record_each_person_once(world: World) -> None:
    def act() -> str:
        try:
            world.confirm(0, 1, 2)
        except Conflict as refusal:
            return refusal.code.value
        return "done"

    assert sorted(at_once(act, act, act)) == ["done"] + [HoursRefusal.ALREADY.value] * 2
    with world.database.read() as session:
        assert len(session.scalars(select(ServiceHours.id)).all()) == 3


def test_a_record_is_struck_out_once_with_a_reason_and_its_certificates_fall(world: World) -> None:
    [number] = world.confirm(0)
    later = make.NOW + NOTICE
    paper = make_paper(world, 0, later)

    def strike(reason: str = "名单有误") -> Any:
        return world.write(
            lambda session: void_hours(session, world.organiser, number, reason=reason, now=later)
        )

    refused(HoursRefusal.NO_REASON, lambda: strike("  "))
    strike()
    refused(HoursRefusal.VOID_ALREADY, strike, Conflict)
    [row] = world.hours(world.people[0])
    assert (row.counted, row.state(later), row.void_reason) == (0, HoursState.VOID, "名单有误")
    with world.database.read() as session:
        found = certificate(session, paper)
        assert found is not None
        assert found.revoked_at == later
    # what is struck out can be recorded anew
    assert len(world.confirm(0, now=later)) == 1


def make_paper(world: World, which: int, now: datetime, name: str = "王 小明") -> str:
    who = world.people[which]
    found: str = world.write(
        lambda session: make_certificate(
            session, actor(session, session.get_one(Person, who.id), now), name=name,
            first=STARTS.date(), last=make.NOW.date(), now=now,
        )
    )  # fmt: skip
    return found


def test_a_certificate_is_frozen_checked_without_a_name_and_revoked(world: World) -> None:
    world.confirm(0)
    refused(CertificateRefusal.NO_HOURS, lambda: make_paper(world, 0, make.NOW))
    later = make.NOW + NOTICE
    refused(CertificateRefusal.NO_NAME, lambda: make_paper(world, 0, later, name=" "))
    number = make_paper(world, 0, later)
    with world.database.read() as session:
        me = actor(session, session.get_one(Person, world.people[0].id), later)
        other = actor(session, session.get_one(Person, world.people[1].id), later)
        row, frozen = own_certificate(session, me, number)
        assert (frozen["name"], frozen["minutes"], row.minutes) == ("王 小明", 120, 120)
        with pytest.raises(Missing):
            own_certificate(session, other, number)
    assert "小明" not in row.sealed_snapshot


def test_a_certificate_made_while_its_record_is_struck_out_never_holds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    later, freeze = make.NOW + NOTICE, certificates._freeze

    def slowly(*given: Any) -> str:
        # what was read is old by the time it is written, unless it is held
        time.sleep(0.3)
        return freeze(*given)

    monkeypatch.setattr(certificates, "_freeze", slowly)
    for _ in range(2):
        [number] = world.confirm(0, now=make.NOW)

        def strike(number: str = number) -> Any:
            time.sleep(0.1)
            return world.write(
                lambda session: void_hours(session, world.organiser, number, reason="误", now=later)
            )

        def paper() -> str | None:
            try:
                return make_paper(world, 0, later)
            except Refused:
                return None

        made, _ = at_once(paper, strike)
        with world.database.read() as session:
            found = certificate(session, made) if made else None
        assert found is None or found.revoked_at is not None


def test_the_ledger_is_told_once_after_seven_days_and_never_of_what_was_struck_out(
    world: World,
) -> None:
    rule = shift_rule(fact="patrol_done", valid_from=STARTS - DAY)
    publish(world.database, rule, at=STARTS - 2 * DAY)

    def agree(session: Session) -> None:
        for one in world.people:
            give_consent(session, DISTRICT, one.id, now=STARTS - DAY)

    world.write(agree)
    [_, struck] = world.confirm(0, 1)
    world.write(
        lambda session: void_hours(session, world.organiser, struck, reason="误", now=make.NOW)
    )
    assert tell_ledger(world.database, make.NOW + NOTICE - MINUTE) == 0
    assert sum(at_once(*[lambda: tell_ledger(world.database, make.NOW + NOTICE)] * 3)) == 1
    assert tell_ledger(world.database, make.NOW + 2 * NOTICE) == 0
    with world.database.read() as session:
        assert len(awards(session)) == 1


def awards(session: Session) -> list[UUID]:
    return list(session.scalars(select(Entry.id).where(Entry.amount > 0)))


def test_an_erasure_leaves_the_minutes_and_the_check_page_and_no_person(world: World) -> None:
    world.confirm(0)
    later = make.NOW + NOTICE
    number = make_paper(world, 0, later)
    with world.database.read() as session:
        tables = set(export_person(session, world.people[0].id, now=later)["records"])
    assert {"volunteer_hours", "volunteer_certificate", "volunteer_sign_up"} <= tables
    world.write(lambda session: erase_person(session, None, world.people[0].id, now=later))
    with world.database.read() as session:
        assert session.scalars(select(ServiceHours.person_id)).all() == [None]
        assert session.scalars(select(Certificate.sealed_snapshot)).all() == [None]
        found = certificate(session, number)
        assert found is not None
        assert (found.minutes, found.revoked_at) == (120, None)
        left = session.scalars(select(SignUp.id).where(SignUp.state == SignUpState.TAKEN)).all()
        assert len(left) == 2

"""Exposure: act and place, two approvals, after the appeal's days, gone by itself or at once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from pledges.models import Breach, PremisesOperator
from pledges.rules.breaches import BreachState, BreachStep, ladder
from portal.accounts.rules import Actor
from portal.areas.models import FeatureSwitch
from portal.areas.rules import Feature
from portal.kernel.audit import AuditEntry
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.instance import instance_of
from portal.kernel.uploads import KeptPhotos
from portal.publicity.models import Exposure
from portal.publicity.rules.exposure import (
    CASE_DAYS,
    Basis,
    ExposureRefusal,
    ExposureState,
    Standing,
    Step,
    why_not_show,
)
from portal.publicity.service.exposures import (
    AFFIRMED,
    ExposureWish,
    cover_exposure,
    covered_copy,
    edit_exposure,
    forget_expired,
    step_exposure,
)
from portal.publicity.service.settings import UNSHOWN_DAYS
from portal.reports.models import Case, Category
from portal.reports.rules.codes import State, Target
from portal.reports.rules.covering import CoverRefusal, Rectangle
from tests.make import reports
from tests.make.exposures import Column, column, exposure
from tests.make.together import at_once

SETTLED = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)
# the first day after those in which an appeal may be lodged after the last notice
NOW = SETTLED + (ladder()[BreachStep.SUSPEND].days + 1) * DAY
WHY = "当事人已整改"


@pytest.fixture
def there(app: Flask, database: Database) -> Column:
    return column(database, SETTLED)


def _refused(act: Callable[[], object], code: ExposureRefusal) -> None:
    with pytest.raises(Refused) as refusal:
        act()
    assert refusal.value.code is code


def test_L7_nothing_is_seen_before_the_days_of_an_appeal_are_over() -> None:
    last = date(2026, 11, 16)
    at = Standing("/37/", last, person=False)
    early = why_not_show(at, last, about_person=False, persons_on=False)
    assert early is ExposureRefusal.WINDOW_RUNS
    assert CASE_DAYS >= 15
    assert why_not_show(at, last + DAY, about_person=False, persons_on=False) is None


def test_L7_the_days_of_an_appeal_are_those_of_the_ladder(
    there: Column, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = there.shown(NOW)
    longer = replace(ladder()[BreachStep.SUSPEND], days=ladder()[BreachStep.SUSPEND].days + 5)
    steps = {**ladder(), BreachStep.SUSPEND: longer}
    monkeypatch.setattr("pledges.rules.breaches.ladder", lambda: steps)
    assert there.seen(NOW + 4 * DAY) == []
    assert there.seen(NOW + 5 * DAY) == [number]


def test_L6_two_people_approve_and_neither_wrote_it(there: Column) -> None:
    number = there.write(NOW)
    there.step(there.writer, number, Step.SEND, NOW)
    _refused(lambda: there.step(there.writer, number, Step.APPROVE, NOW), ExposureRefusal.OWN)
    there.step(there.first, number, Step.APPROVE, NOW)
    assert there.seen(NOW) == []
    _refused(
        lambda: there.step(there.first, number, Step.APPROVE, NOW),
        ExposureRefusal.APPROVED_ALREADY,
    )
    with pytest.raises(Missing):
        there.step(there.elsewhere, number, Step.APPROVE, NOW)
    there.step(there.second, number, Step.APPROVE, NOW)
    assert there.seen(NOW) == [number]
    assert there.seen(NOW, "/37/3702/370283/370283002/") == []
    with there.database.write() as session, pytest.raises(IntegrityError):
        session.execute(update(Exposure).values(second_by=there.first.person_id))


def test_of_two_windows_that_save_at_once_one_is_told(there: Column) -> None:
    with there.database.write() as session:
        breach = session.scalars(select(Breach)).one()
        row = exposure(session, there.area, breach, NOW, made_by=there.writer.person_id)
        number = row.number
    seen = there.row(number).mark

    def save(act: str) -> object:
        wish = ExposureWish(Basis.BREACH, there.breach, act, "东阁路", 7, about_person=False)
        try:
            with there.database.write() as session:
                edit_exposure(session, there.writer, number, wish, seen=seen, now=NOW)
        except Conflict as conflict:
            return conflict.code
        return act

    acts = [f"店外经营{at}" for at in range(4)]
    told = at_once(*(partial(save, act) for act in acts))
    assert [one for one in told if one in acts] == [there.row(number).act]
    assert told.count(ExposureRefusal.MOVED_ON) == 3


def test_L6_nobody_approves_her_own_words_or_covering(there: Column) -> None:
    with there.database.write() as session:
        breach = session.scalars(select(Breach)).one()
        row = exposure(session, there.area, breach, NOW, made_by=there.writer.person_id)
        number, covers = row.number, row.covers or ""
    wish = ExposureWish(Basis.BREACH, there.breach, "店外经营", "东阁路", 7, about_person=False)

    def edit(who: Actor) -> None:
        with there.database.write() as session:
            edit_exposure(session, who, number, wish, seen=there.row(number).mark, now=NOW)

    def cover(who: Actor) -> None:
        with there.database.write() as session:
            cover_exposure(
                session, who, number, [Rectangle(0, 0, 500, 500)], covers, KeptPhotos(), now=NOW
            )

    for act in (edit, cover):
        _refused(partial(act, there.first), ExposureRefusal.NOT_WRITER)
    assert there.row(number).act != wish.act
    assert there.row(number).covers == covers
    edit(there.writer)
    assert there.row(number).act == wish.act


def _pictured(there: Column, **changes: Any) -> str:
    with there.database.write() as session:
        breach = session.scalars(select(Breach)).one()
        made_by = there.writer.person_id
        return exposure(session, there.area, breach, NOW, made_by=made_by, **changes).number


# nothing, and a speck in a corner, which covers as little
@pytest.mark.parametrize("covers", ["", "0,0,1,1"])
def test_P5_both_who_approve_a_photo_say_that_it_is_covered_whatever_was_drawn(
    there: Column, covers: str
) -> None:
    number = _pictured(there, covers=covers)
    there.step(there.writer, number, Step.SEND, NOW)
    for who in (there.first, there.second):
        _refused(partial(there.step, who, number, Step.APPROVE, NOW), ExposureRefusal.NOT_LOOKED)
        assert there.seen(NOW) == []
        there.step(who, number, Step.APPROVE, NOW, looked=True)
    assert there.seen(NOW) == [number]
    with there.database.read() as session:
        row = session.scalars(select(Exposure).where(Exposure.number == number)).one()
        said = session.execute(
            select(AuditEntry.actor_id, AuditEntry.subject).where(AuditEntry.action == AFFIRMED)
        ).all()
    assert (row.first_by, row.first_looked) == (there.first.person_id, True)
    assert (row.second_by, row.second_looked) == (there.second.person_id, True)
    assert sorted(said) == sorted(
        (who.person_id, f"exposure:{number}") for who in (there.first, there.second)
    )


def test_P5_the_database_knows_no_approved_photo_of_which_nobody_said_so(there: Column) -> None:
    number = _pictured(there)
    with there.database.write() as session, pytest.raises(IntegrityError):
        session.execute(
            update(Exposure)
            .where(Exposure.number == number)
            .values(first_by=there.first.person_id, first_at=NOW)
        )


def test_P5_what_was_said_of_a_photo_goes_with_the_version_that_was_sent_back(
    there: Column,
) -> None:
    number = _pictured(there)
    there.step(there.writer, number, Step.SEND, NOW)
    there.step(there.first, number, Step.APPROVE, NOW, looked=True)
    there.step(there.second, number, Step.SEND_BACK, NOW, WHY)
    with there.database.read() as session:
        row = session.scalars(select(Exposure).where(Exposure.number == number)).one()
    assert (row.first_by, row.first_looked) == (None, False)


def test_P5_rectangles_and_nothing_to_cover_are_not_said_at_once(there: Column) -> None:
    with there.database.write() as session:
        breach = session.scalars(select(Breach)).one()
        number = exposure(session, there.area, breach, NOW).number
    row = there.row(number)
    for drawn, bare, why in (
        ([Rectangle(0, 0, 500, 500)], True, ExposureRefusal.BOTH),
        ([], False, CoverRefusal.NOTHING),
        (None, True, CoverRefusal.DAMAGED),
    ):
        with there.database.read() as session, pytest.raises(Refused) as refusal:
            covered_copy(session, row, drawn, bare=bare)
        assert refusal.value.code is why


@pytest.mark.parametrize("state", [ExposureState.DRAFT, ExposureState.WAITING])
def test_P5_a_picture_that_was_never_shown_does_not_lie_for_ever(
    there: Column, state: ExposureState
) -> None:
    with there.database.write() as session:
        breach = session.scalars(select(Breach)).one()
        row = exposure(session, there.area, breach, NOW, state=state)
        number, beneath = row.number, row.blob_key or ""
        blobs = instance_of(session).blobs
    over = NOW + UNSHOWN_DAYS * DAY
    with there.database.write() as session:
        assert forget_expired(session, over - timedelta(seconds=1)) == 0
        assert forget_expired(session, over) == 1
        assert forget_expired(session, over) == 0
    assert (there.row(number).blob_key, there.state(number)) == (None, state)
    with pytest.raises(KeyError):
        blobs.open(beneath)


def test_L6_an_item_goes_by_itself_and_its_pictures_with_it(there: Column) -> None:
    with there.database.write() as session:
        breach = session.scalars(select(Breach)).one()
        row = exposure(session, there.area, breach, NOW, made_by=there.writer.person_id)
        number, keys = row.number, {row.blob_key, row.public_key}
    there.step(there.writer, number, Step.SEND, NOW)
    there.step(there.first, number, Step.APPROVE, NOW, looked=True)
    there.step(there.second, number, Step.APPROVE, NOW, looked=True)
    over = NOW + 7 * DAY
    assert there.seen(over - timedelta(seconds=1)) == [number]
    assert there.seen(over) == []
    with there.database.write() as session:
        assert forget_expired(session, over - timedelta(seconds=1)) == 0
        assert forget_expired(session, over) == 1
    assert there.row(number).public_key is None
    with there.database.read() as session:
        blobs = instance_of(session).blobs
    for key in keys:
        with pytest.raises(KeyError):
            blobs.open(key or "")


def test_L6_an_appeal_hides_it_at_once_and_what_was_put_right_is_never_shown(
    there: Column,
) -> None:
    number = there.shown(NOW)
    there.change(Breach, suspended_at=NOW)
    assert there.seen(NOW) == []
    there.change(Breach, suspended_at=None)
    assert there.seen(NOW) == [number]
    there.change(Breach, state=BreachState.RECTIFIED, ended_at=NOW)
    assert there.seen(NOW) == []
    _refused(lambda: there.write(NOW), ExposureRefusal.NOT_FINAL)


def test_L6_what_a_natural_person_did_is_not_shown_unless_the_place_says_so(
    there: Column,
) -> None:
    number = there.shown(NOW)
    waiting = there.waiting(NOW, about_person=True)
    _refused(
        lambda: there.step(there.second, waiting, Step.APPROVE, NOW), ExposureRefusal.PERSONS_OFF
    )
    # a shop of a person by herself, whatever its writer ticked
    there.change(PremisesOperator, organisation_id=None)
    assert there.seen(NOW) == []
    with there.database.write() as session:
        since = (NOW - DAY).date()
        session.add(
            FeatureSwitch(
                feature=Feature.EXPOSURE_OF_PERSONS, area_id=there.area.id, since=since
            )
        )  # fmt: skip
    assert there.seen(NOW) == [number]


def test_L6_words_that_lead_to_somebody_are_refused(there: Column) -> None:
    for words in ("鲁B12345 占道停放", "张三先生乱倒垃圾", "电话 13800138000 的广告"):
        for name in ("act", "located"):
            act = partial(there.write, NOW, **{name: words})
            _refused(act, ExposureRefusal.NAMES_SOMEBODY)


def test_P5_a_closed_case_is_shown_after_its_days_and_never_when_it_is_opened_again(
    there: Column,
) -> None:
    with there.database.write() as session:
        reports.category(session)
        case = reports.case(session, there.area, state=State.CLOSED, at=SETTLED)
        assert case.closed_at is not None
        number, later = case.number, case.closed_at + (CASE_DAYS + 1) * DAY
    waiting = there.waiting(SETTLED + DAY, basis=Basis.CASE, basis_number=number)
    early = partial(there.step, there.second, waiting, Step.APPROVE, later - DAY)
    _refused(early, ExposureRefusal.WINDOW_RUNS)
    there.step(there.second, waiting, Step.APPROVE, later)
    assert there.seen(later) == [waiting]
    there.change(Category, target=Target.PERSON_OR_SHOP)
    assert there.seen(later) == []
    there.change(Category, target=Target.THING)
    there.change(Case, state=State.REOPENED, closed_at=None)
    assert there.seen(later) == []


def test_what_was_read_is_what_is_approved(there: Column) -> None:
    number = there.waiting(NOW)
    seen = there.row(number).sent
    there.step(there.second, number, Step.SEND_BACK, NOW, "写清地点")
    there.step(there.writer, number, Step.SEND, NOW)
    with there.database.write() as session, pytest.raises(Conflict):
        step_exposure(session, there.second, number, Step.APPROVE, sent=seen, reason="", now=NOW)
    there.step(there.second, number, Step.APPROVE, NOW)
    assert there.seen(NOW) == []


def test_taking_down_takes_a_reason_and_ends_it(there: Column) -> None:
    number = there.shown(NOW)
    _refused(lambda: there.step(there.first, number, Step.TAKE_DOWN, NOW),
             ExposureRefusal.NO_REASON)  # fmt: skip
    there.step(there.first, number, Step.TAKE_DOWN, NOW, WHY)
    assert there.seen(NOW) == []
    assert there.row(number).down_why == WHY
    with pytest.raises(Conflict):
        there.step(there.second, number, Step.APPROVE, NOW)


def test_of_an_approval_and_a_taking_down_at_once_the_taking_down_stands(there: Column) -> None:
    for _ in range(4):
        number = there.waiting(NOW)
        approve = partial(_tried, there, there.second, number, Step.APPROVE)
        take_down = partial(_tried, there, there.first, number, Step.TAKE_DOWN)
        _approved, down = at_once(approve, take_down)
        assert down
        assert there.state(number) is ExposureState.DOWN
        assert there.seen(NOW) == []


def test_two_who_approve_at_once_are_two_approvals_or_one_is_told(there: Column) -> None:
    number = there.write(NOW)
    there.step(there.writer, number, Step.SEND, NOW)
    acts = [
        partial(_tried, there, who, number, Step.APPROVE) for who in (there.first, there.second)
    ]
    told = at_once(*acts)
    shown = there.state(number) is ExposureState.SHOWN
    assert shown is all(told)
    assert any(told)


def _tried(there: Column, who: Actor, number: str, step: Step) -> bool:
    """Whether the step was taken of the one version that there is."""
    try:
        with there.database.write() as session:
            step_exposure(session, who, number, step, sent=1, reason=WHY, now=NOW)
    except Conflict:
        return False
    return True

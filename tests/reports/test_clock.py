"""A case's clock: asked, suspended, given more time, and counted (facts §5)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.areas.models import Area, AreaTag
from portal.areas.rules import Tag
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.outbox import OutboxMessage
from portal.kernel.uploads import KeptPhotos
from portal.reports.jobs import date_promises, resume_paused
from portal.reports.models import Case, HandlingLimit, LimitCondition
from portal.reports.queries.case import (
    CaseRow,
    as_it_stands,
    events_of,
    reporters_of,
    texts_of,
)
from portal.reports.queries.desk import desk_counts, desk_page
from portal.reports.rules.batches import BatchAction, Wish
from portal.reports.rules.codes import Event, Pause, Relation, State, TextKind
from portal.reports.rules.desk import Task
from portal.reports.rules.pauses import is_late_at
from portal.reports.rules.reasons import Reason
from portal.reports.rules.transitions import Refusal
from portal.reports.service.batches import do_batch
from portal.reports.service.clockwork import (
    answer_question,
    ask_reporter,
    extend_case,
    grade_case,
    resume_case,
    suspend_case,
)
from portal.reports.service.desk import open_case
from portal.reports.service.handling import dispatch_case, reclassify_case, take_step
from portal.reports.service.limits import limit_at
from tests.make import reports
from tests.make.areas import small_tree
from tests.make.calendars import know_next_year
from tests.make.organisations import unit
from tests.make.reports import NOW
from tests.make.rows import case_row

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
AREA = "370283001001"
DESK = reports.desk()
# a working day from Monday 10:00 in Shanghai
PROMISED = NOW + DAY


def _case(session: Session, **options: Any) -> CaseRow:
    area = session.scalar(select(Area).where(Area.code == AREA)) or small_tree(session)[AREA]
    made = reports.case(session, area, phone="13800001203", **options)
    return reports.row_of(session, made)


def _now(session: Session, case: CaseRow) -> CaseRow:
    # what the test has done must be seen
    session.flush()
    return case_row(session, case.number)


def _told(session: Session) -> list[str]:
    session.flush()
    return list(session.scalars(select(OutboxMessage.template).order_by(OutboxMessage.id)))


def _ask(session: Session, case: CaseRow, now: datetime = NOW + HOUR) -> CaseRow:
    return ask_reporter(session, case, actor=DESK, now=now, words="几号楼？")


def _late(session: Session, now: datetime) -> int:
    return desk_counts(session, DESK, now)[Task.LATE]


def test_a_question_stops_the_clock_and_the_answer_moves_the_promise(database: Database) -> None:
    with database.write() as session:
        asked = _ask(session, _case(session))
        neighbour = replace(reporters_of(session, asked)[0], relation=Relation.ME_TOO)
        with pytest.raises(Missing):
            answer_question(
                session, asked, neighbour, words="3 号楼", photos=KeptPhotos(), now=NOW + 2 * HOUR
            )
        assert (asked.pause, asked.promised_at) == (Pause.ASKED, PROMISED)
        assert asked.paused_until == NOW + HOUR + 5 * DAY
        assert _told(session)[-1] == "report.asked"
        # two days later it would be late; the clock stands, and so says every list
        assert not is_late_at(asked, NOW + 2 * DAY)
        assert _late(session, NOW + 2 * DAY) == 0
        row = desk_page(session, DESK, Task.OPEN, NOW + 2 * DAY).rows[0]
        assert (row.late, row.pause) == (False, Pause.ASKED)
        reporter = reporters_of(session, asked)[0]
        words = {"words": "3 号楼", "photos": KeptPhotos(), "now": NOW + 2 * DAY + HOUR}
        answered = answer_question(session, asked, reporter, **words)
        # from Monday 11:00 to Wednesday 11:00 are two working days
        assert answered.promised_at == PROMISED + 2 * DAY
        assert (answered.pause, answered.question_open) == (None, False)
        said = {text.kind: text.public_text for text in texts_of(session, _now(session, asked))}
        assert said[TextKind.QUESTION] is said[TextKind.REPLY] is None
        with pytest.raises(Refused) as refused:
            answer_question(session, _now(session, asked), reporter, **words)
        assert refused.value.code is Refusal.NO_QUESTION


def test_after_five_days_without_an_answer_it_goes_on_whoever_is_alive(database: Database) -> None:
    with database.write() as session:
        asked = _ask(session, _case(session))
        over = NOW + HOUR + 5 * DAY  # Saturday: five working days have stood still, until Friday
    late = datetime(2026, 12, 2, tzinfo=UTC)
    with database.read() as session:
        shown = as_it_stands(asked, over)
        assert (shown.pause, shown.promised_at) == (None, asked.promise_if_over)
        assert asked.promise_if_over is not None
        assert asked.promise_if_over > over
        assert _late(session, asked.promise_if_over) == 0
        assert _late(session, late) == 1
        assert open_case(session, asked.number, DESK, late).case.promised_at == shown.promised_at
    resume_paused(database, over - timedelta(seconds=1))
    with database.read() as session:
        assert _now(session, asked).pause is Pause.ASKED
    resume_paused(database, over)
    resume_paused(database, over)
    with database.read() as session:
        found = _now(session, asked)
        assert (found.pause, found.promised_at) == (None, asked.promise_if_over)
        assert [e.event for e in events_of(session, found)].count(Event.RESUME) == 1
        assert _told(session)[-1] == "report.resumed"
        # an answer is welcome also afterwards, and moves nothing any more
        reporter = reporters_of(session, found)[0]
    with database.write() as session:
        said = {"words": "3 号楼", "photos": KeptPhotos(), "now": late}
        assert answer_question(session, found, reporter, **said).promised_at == found.promised_at


def test_more_time_is_given_once_in_time_and_for_a_reason(database: Database) -> None:
    with database.write() as session:
        case = _case(session)
        by = {"actor": DESK, "now": NOW + HOUR, "words": None}
        for wrong, code in (
            ({"reason": None, "days": 2}, Refusal.REASON_MISSING),
            ({"reason": Reason.MATERIAL, "days": 0}, Refusal.DAYS_MISSING),
            ({"reason": Reason.MATERIAL, "days": 16}, Refusal.DAYS_MISSING),
            ({"reason": Reason.MATERIAL, "days": None}, Refusal.DAYS_MISSING),
        ):
            with pytest.raises(Refused) as refused:
                extend_case(session, case, **by, **wrong)
            assert refused.value.code is code
        longer = extend_case(session, case, **by, reason=Reason.MATERIAL, days=2)
        assert longer.promised_at == PROMISED + 2 * DAY
        assert (longer.times_extended, longer.extended_minutes) == (1, 960)
        assert _told(session)[-1] == "report.extended.material"
        with pytest.raises(Refused) as refused:
            extend_case(session, longer, **by, reason=Reason.MATERIAL, days=2)
        assert refused.value.code is Refusal.EXTENDED_ALREADY
        late = _case(session)
        by["now"] = PROMISED + timedelta(minutes=1)
        with pytest.raises(Refused) as refused:
            extend_case(session, late, **by, reason=Reason.MATERIAL, days=2)
        assert refused.value.code is Refusal.LATE_ALREADY


def test_a_suspension_ends_by_itself_or_when_somebody_works_on_the_matter(
    database: Database,
) -> None:
    with database.write() as session:
        know_next_year(session)
        case = _case(session, state=State.DISPATCHED)
        now = NOW + 4 * HOUR  # after the three steps of the walk
        by = {"actor": DESK, "now": now, "words": None, "reason": Reason.SEASON}
        for day in (None, NOW.date(), date(2028, 1, 1)):
            with pytest.raises(Refused) as refused:
                suspend_case(session, case, **by, until=day)
            assert refused.value.code is Refusal.UNTIL_MISSING
        spring = suspend_case(session, case, **by, until=date(2027, 3, 31))
        assert (spring.pause, spring.times_suspended) == (Pause.SUSPENDED, 1)
        assert spring.paused_until == datetime(2027, 3, 31, 16, tzinfo=UTC)
        message = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
        assert message is not None
        assert message.template == "report.suspended.season"
        with pytest.raises(Refused) as refused:
            _ask(session, spring)
        assert refused.value.code is Refusal.PAUSED
        assert spring.unit_id is not None
        worker = reports.handler(spring.unit_id)
        moved = take_step(
            session, spring, Event.RETURN, actor=worker, now=now + DAY, reason=Reason.NOT_OURS
        )
        assert (moved.pause, moved.promised_at) == (None, PROMISED + DAY)
        again = suspend_case(session, moved, **{**by, "now": now + DAY}, until=date(2027, 3, 31))
        assert again.times_suspended == 2
        early = resume_case(session, again, actor=DESK, now=now + 2 * DAY, words="工程提前完工")
        assert (early.pause, early.promised_at) == (None, PROMISED + 2 * DAY)
        with pytest.raises(Refused) as refused:
            resume_case(session, early, actor=DESK, now=now + 2 * DAY)
        assert refused.value.code is Refusal.NOT_PAUSED


def test_where_a_year_is_missing_days_are_promised_and_dated_once_it_is_known(
    database: Database,
) -> None:
    with database.write() as session:
        case = _case(session)
        by = {"actor": DESK, "now": NOW + HOUR, "words": None, "reason": Reason.SEASON}
        spring = suspend_case(session, case, **by, until=date(2027, 3, 31))
        assert spring.promise_if_over is None
        on = resume_case(session, spring, actor=DESK, now=datetime(2027, 1, 4, 2, tzinfo=UTC))
        assert (on.promised_at, on.promised_days) == (None, 1)
        assert _told(session)[-1] == "report.resumed_undated"
    date_promises(database, NOW)
    with database.read() as session:
        assert _now(session, case).promised_at is None
    with database.write() as session:
        know_next_year(session)
    date_promises(database, NOW)
    with database.read() as session:
        found = _now(session, case)
        # an hour of the eight was used; new year's day 2027 is no holiday in this test
        assert found.promised_at == datetime(2027, 1, 5, 1, tzinfo=UTC)
        assert found.version == on.version


def test_r187_passing_on_to_another_unit_is_counted_and_getting_it_back_is_not(
    database: Database,
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        one = unit(session, "CLEAN", "环卫中心", area=tree["370283"])
        two = unit(session, "ROADS", "市政中心", area=tree["370283"])
        made = reports.case(session, tree[AREA], state=State.DISPATCHED, unit=one)
        row = reports.row_of(session, made)
        by: dict[str, Any] = {"actor": DESK, "now": NOW + 5 * HOUR}
        back = take_step(
            session, row, Event.RETURN, actor=reports.handler(one), now=by["now"],
            reason=Reason.NOT_OURS,
        )  # fmt: skip
        same = dispatch_case(session, back, unit_id=one.id, **by)
        assert (same.times_returned, same.times_reassigned) == (1, 0)
        other = dispatch_case(session, same, unit_id=two.id, **by)
        assert other.times_reassigned == 1


def test_r024_a_hazard_is_graded_anew_and_gets_the_limit_of_its_grade(database: Database) -> None:
    with database.write() as session:
        case = _case(session)
        area = session.scalars(select(Area).where(Area.code == AREA)).one()
        limits = (("serious", 60, ""), ("slight", 960, ""), ("serious", 30, "key_area"))
        for code, minutes, tag in limits:
            if session.get(LimitCondition, code) is None:
                names = {"name_zh_Hans": code, "name_zh_Hant": code, "name_en": code}
                session.add(LimitCondition(code=code, position=1, **names))
            session.add(
                HandlingLimit(
                    category_code="litter", condition=code, tag=tag, stage=1, minutes=minutes,
                    valid_from=reports.SINCE, source="test",
                )
            )  # fmt: skip
        by: dict[str, Any] = {"actor": DESK, "now": NOW + HOUR, "words": None}
        serious = grade_case(session, case, condition="serious", **by)
        assert (serious.limit_minutes, serious.promised_at) == (60, NOW + HOUR)
        slight = grade_case(session, serious, condition="slight", **by)
        assert (slight.limit_minutes, slight.promised_at) == (960, NOW + 2 * DAY)
        with pytest.raises(Refused) as refused:
            grade_case(session, slight, condition="slight", **by)
        assert refused.value.code is Refusal.SAME_GRADE
        with pytest.raises(Refused) as refused:
            grade_case(session, slight, condition="never heard of", **by)
        assert refused.value.code is Refusal.NO_GRADE
        session.add(AreaTag(area_id=area.id, tag=Tag.KEY_AREA))
        session.flush()
        assert limit_at(session, "litter", case.place_path, NOW.date(), "serious").minutes == 30
        # a broken promise is not made good by another grade
        by["now"] = NOW + 3 * DAY
        kept = grade_case(session, slight, condition="", **by)
        assert (kept.limit_minutes, kept.promised_at) == (480, NOW + DAY)


def test_another_kind_keeps_the_time_that_was_given_and_stood_still(database: Database) -> None:
    with database.write() as session:
        reports.category(session, "lamp", minutes=240, name="路灯不亮")
        asked = _ask(session, _case(session))
        with pytest.raises(Refused) as refused:
            reclassify_case(session, asked, actor=DESK, now=NOW + DAY, category_code="lamp")
        assert refused.value.code is Refusal.PAUSED
        on = resume_case(session, asked, actor=DESK, now=NOW + DAY + HOUR)
        by = {"actor": DESK, "now": NOW + DAY + 2 * HOUR, "words": None}
        longer = extend_case(session, on, reason=Reason.LARGER, days=1, **by)
        lamp = reclassify_case(
            session, longer, actor=DESK, now=NOW + DAY + 2 * HOUR, category_code="lamp"
        )
        # half a day, a day that stood still, and a day on top
        assert lamp.promised_at == NOW + 2 * DAY + 6 * HOUR


def test_several_at_once_leave_out_what_stands_still(database: Database) -> None:
    with database.write() as session:
        asked = _ask(session, _case(session))
        wish = Wish(asked.number, asked.version)
        do_batch(session, DESK, BatchAction.ACCEPT, [wish], now=NOW + 2 * HOUR)
        assert _now(session, asked).state is State.REPORTED


def test_r030_the_desk_reads_limit_stages_time_used_and_how_many_times_over(
    database: Database,
) -> None:
    with database.write() as session:
        for stage, minutes in ((1, 240), (2, 480)):
            session.add(
                HandlingLimit(
                    category_code=reports.category(session).code, condition="", tag="",
                    valid_from=reports.SINCE, stage=stage, minutes=minutes, source="a rule",
                    closing_en="Gone", closing_zh_Hans="清走",
                )
            )  # fmt: skip
        case = _case(session)
        session.execute(Case.__table__.update().values(limit_from=reports.SINCE))
    with database.read() as session:
        clock = open_case(session, case.number, DESK, NOW + 3 * DAY).clock
        assert clock.limit is not None
        assert clock.limit.source == "a rule"
        assert [one.ends_at for one in clock.stages] == [NOW + 6 * HOUR, PROMISED]
        assert (clock.used, clock.allowed, clock.multiple) == (1440, 480, 2.0)
        early = open_case(session, case.number, DESK, NOW + HOUR).clock
        assert (early.used, early.multiple) == (60, None)


def test_a_stale_page_can_neither_ask_nor_suspend(database: Database) -> None:
    with database.write() as session:
        case = _case(session)
        _ask(session, case)
        with pytest.raises(Conflict):
            suspend_case(
                session, case, actor=DESK, now=NOW + HOUR, reason=Reason.WORKS, words=None,
                until=date(2026, 12, 24),
            )  # fmt: skip

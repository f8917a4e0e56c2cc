"""A case walks the table in the database: history, clocks, words, races; on both engines."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import new_id
from portal.reports.models import Case, CaseEvent
from portal.reports.queries.case import (
    CaseRow,
    events_of,
    photos_of,
    reporters_of,
    texts_of,
)
from portal.reports.rules.codes import Event, Means, Review, State, Target, TextKind
from portal.reports.rules.reasons import Reason
from portal.reports.rules.transitions import Refusal
from portal.reports.service.handling import (
    close_case,
    dispatch_case,
    reclassify_case,
    reopen_case,
    send_back_case,
    take_step,
)
from portal.reports.service.loop import Brought, case_as_seen, move_case
from portal.reports.service.reporter import urge_case, withdraw_case
from tests.make import reports
from tests.make.areas import small_tree
from tests.make.organisations import unit
from tests.make.reports import NOW

LATER = NOW + timedelta(days=1)
AREA = "370283001001"


@pytest.mark.parametrize("state", list(State))
def test_a_case_can_be_walked_to_each_state(database: Database, state: State) -> None:
    with database.write() as session:
        made = reports.case(session, small_tree(session)[AREA], state=state)
        row = reports.row_of(session, made)
        assert row.state is state
        assert events_of(session, row)[-1].to_state is state


def test_each_step_stamps_its_clock_and_counts(database: Database) -> None:
    with database.write() as session:
        made = reports.case(session, small_tree(session)[AREA], state=State.CLOSED)
    hours = [
        (moment - NOW) / timedelta(hours=1)
        for moment in (made.accepted_at, made.dispatched_at, made.handled_at, made.closed_at)
        if moment is not None
    ]
    assert hours == [1, 3, 4, 5]
    assert made.fed_back_at == made.closed_at
    assert made.responded_at == made.handled_at
    assert made.verifier_id not in {None, made.handler_id, made.dispatcher_id}
    assert made.listed


def test_opening_a_closed_case_again_starts_a_new_cycle_and_a_new_promise(
    database: Database,
) -> None:
    with database.write() as session:
        made = reports.case(session, small_tree(session)[AREA], state=State.CLOSED)
        closed = reports.row_of(session, made)
        row = reopen_case(session, closed, passed_on_words="还是很脏", now=LATER)
        assert (row.state, row.cycle, row.closed_at) == (State.REOPENED, 2, None)
        assert row.promised_at is not None
        assert row.promised_at > LATER
        assert row.times_sent_back == 1
        again = reports.row_of(session, made)
        assert (again.state, again.cycle, again.fed_back_at) == (State.REOPENED, 2, None)
        with pytest.raises(Conflict):
            reopen_case(session, again, now=LATER)


def test_failed_work_keeps_its_first_promise_and_cycle(database: Database) -> None:
    with database.write() as session:
        made = reports.case(session, small_tree(session)[AREA], state=State.HANDLED)
        row = send_back_case(
            session,
            reports.row_of(session, made),
            actor=reports.verifier(),
            now=LATER,
            reason=Reason.PARTLY_DONE,
            words="墙角还有",
        )
        assert (row.state, row.cycle, row.promised_at) == (State.REWORK, 1, made.promised_at)


def test_the_history_cannot_be_changed_or_dropped(database: Database) -> None:
    with database.write() as session:
        reports.case(session, small_tree(session)[AREA], state=State.ACCEPTED)
    for change in (update(CaseEvent).values(public=False), delete(CaseEvent)):
        with (
            pytest.raises(DBAPIError, match="only added to"),
            database.write() as session,
        ):
            session.execute(change)
    if not database.is_sqlite:
        with pytest.raises(DBAPIError, match="only added to"), database.write() as session:
            session.execute(text("TRUNCATE case_event CASCADE"))
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(CaseEvent)) == 2


def test_a_reporter_is_never_written_into_the_history(database: Database) -> None:
    with database.write() as session:
        made = reports.case(session, small_tree(session)[AREA], state=State.WITHDRAWN)
        found = events_of(session, reports.row_of(session, made))
    assert [event.actor_id for event in found] == [None, None]


def _moved(session: Session, made: Case, event: Event, actor: Actor, **brought: Any) -> CaseRow:
    row = reports.row_of(session, made)
    return move_case(session, row, event, actor=actor, now=LATER, brought=Brought(**brought))


def test_staffs_answer_is_public_at_once_without_numbers(database: Database) -> None:
    with database.write() as session:
        made = reports.case(session, small_tree(session)[AREA], state=State.HANDLED)
        _moved(
            session,
            made,
            Event.CLOSE,
            reports.verifier(),
            words="有事打13800001234",
            means=Means.SERVICE,
        )
        answer = texts_of(session, reports.row_of(session, made))[-1]
    assert (answer.kind, answer.review) == (TextKind.ANSWER, Review.APPROVED)
    assert answer.public_text is not None
    assert answer.public_text.startswith("有事打")
    assert "1380" not in answer.public_text


def test_p5_not_even_staffs_answer_is_public_when_a_shop_is_meant(database: Database) -> None:
    with database.write() as session:
        reports.category(session, "noise", target=Target.PERSON_OR_SHOP)
        area = small_tree(session)[AREA]
        made = reports.case(session, area, state=State.HANDLED, category_code="noise")
        close_case(
            session,
            reports.row_of(session, made),
            actor=reports.verifier(),
            now=LATER,
            means=Means.ENFORCEMENT,
            words="烧烤店已整改",
        )
        row = reports.row_of(session, made)
        assert [t.public_text for t in texts_of(session, row)] == [None] * 3
        assert {p.review for p in photos_of(session, row)} == {Review.WITHHELD}


def test_closing_shows_the_photos_of_the_handling_that_passed(database: Database) -> None:
    with database.write() as session:
        made = reports.case(session, small_tree(session)[AREA], state=State.REWORK)
        reports.walk(session, made, (Event.HANDLE,), at=LATER)
        row = reports.row_of(session, made)
        close_case(session, row, actor=reports.verifier(), now=LATER, means=Means.SERVICE)
        shown = [p.review for p in photos_of(session, reports.row_of(session, made))]
    assert shown == [Review.PENDING, Review.APPROVED]


def test_dispatching_what_was_accepted_files_it_on_the_way(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        made = reports.case(session, tree[AREA], state=State.ACCEPTED)
        cleaners = unit(session, area=tree["370283"])
        row = dispatch_case(
            session,
            reports.row_of(session, made),
            actor=reports.desk(),
            now=LATER,
            unit_id=cleaners.id,
        )
        assert (row.state, row.unit_id) == (State.DISPATCHED, cleaners.id)
        steps = [event.event for event in events_of(session, row)]
    assert steps == [Event.REPORT, Event.ACCEPT, Event.FILE, Event.DISPATCH]


def test_a_unit_that_does_not_serve_the_place_gets_nothing(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        made = reports.case(session, tree[AREA], state=State.FILED)
        elsewhere = unit(session, area=tree["370283002"])
        row = reports.row_of(session, made)
        for wrong in (elsewhere.id, new_id()):
            with pytest.raises(Refused) as refused:
                dispatch_case(session, row, actor=reports.desk(), now=LATER, unit_id=wrong)
            assert refused.value.code is Refusal.UNIT_OUT_OF_PLACE
        with pytest.raises(Refused) as refused:
            dispatch_case(session, row, actor=reports.desk(), now=LATER, unit_id=None)
        assert (refused.value.code, refused.value.field) == (Refusal.UNIT_MISSING, "unit")


def test_returns_are_counted_and_hidden_from_the_public(database: Database) -> None:
    with database.write() as session:
        made = reports.case(session, small_tree(session)[AREA], state=State.DISPATCHED)
        assert made.unit_id is not None
        row = _moved(
            session, made, Event.RETURN, reports.handler(made.unit_id), reason=Reason.NOT_OURS
        )
        assert (row.state, row.unit_id, row.times_returned) == (State.FILED, None, 1)
        assert not events_of(session, row)[-1].public


def test_a_grid_lead_settles_a_small_matter_and_somebody_else_verifies(
    database: Database,
) -> None:
    with database.write() as session:
        area = small_tree(session)[AREA]
        made = reports.case(session, area, state=State.ACCEPTED)
        lead = reports.grid_lead(area.path)
        _moved(session, made, Event.HANDLE, lead, words="扫了", photos=(reports.AFTER_PHOTO,))
        both = Actor(lead.person_id, grants=lead.grants | reports.verifier().grants)
        with pytest.raises(Refused) as refused:
            _moved(session, made, Event.CLOSE, both)
        assert refused.value.code is Refusal.HANDLED_IT
        closed = _moved(session, made, Event.CLOSE, reports.verifier(), means=Means.SERVICE)
        assert closed.state is State.CLOSED


def test_the_first_response_is_stamped_once(database: Database) -> None:
    with database.write() as session:
        area = small_tree(session)[AREA]
        made = reports.case(session, area)
        lead = reports.grid_lead(area.path)
        stale = reports.row_of(session, made)
        assert _moved(session, made, Event.RESPOND, lead).responded_at == LATER
        with pytest.raises(Refused) as refused:
            _moved(session, made, Event.RESPOND, lead)
        assert refused.value.code is Refusal.RESPONDED_ALREADY
        with pytest.raises(Conflict):
            move_case(session, stale, Event.RESPOND, actor=lead, now=LATER)


def test_a_reporter_urges_once_a_day_and_disturbs_nobodys_page(database: Database) -> None:
    with database.write() as session:
        made = reports.case(session, small_tree(session)[AREA], state=State.DISPATCHED)
        other = reports.reporter(session, made)
        row = reports.row_of(session, made)
        me = reporters_of(session, row)[0]
        them = next(r for r in reporters_of(session, row) if r.id == other.id)
        urge_case(session, row, me, now=NOW)
        with pytest.raises(Refused) as refused:
            urge_case(session, row, me, now=NOW + timedelta(hours=13, minutes=59))
        assert refused.value.code is Refusal.URGED_TODAY
        urge_case(session, row, them, now=NOW)
        urge_case(session, row, me, now=NOW + timedelta(hours=14))  # midnight in Shanghai
        again = reports.row_of(session, made)
        assert (again.times_urged, again.version) == (3, row.version)


def test_a_report_is_withdrawn_only_until_it_is_handled(database: Database) -> None:
    with database.write() as session:
        area = small_tree(session)[AREA]
        early = reports.case(session, area, state=State.DISPATCHED, phone="13800001201")
        row = withdraw_case(session, reports.row_of(session, early), now=LATER)
        assert (row.state, row.listed) == (State.WITHDRAWN, False)
        late = reports.case(session, area, state=State.HANDLED)
        with pytest.raises(Conflict):
            withdraw_case(session, reports.row_of(session, late), now=LATER)


def test_a_case_that_becomes_one_about_a_shop_goes_back_inside(database: Database) -> None:
    with database.write() as session:
        reports.category(session, "noise", target=Target.PERSON_OR_SHOP, minutes=60)
        made = reports.case(session, small_tree(session)[AREA], state=State.ACCEPTED)
        reports.text(session, made, "饭店油烟", review=Review.APPROVED)
        reports.photo(session, made, review=Review.APPROVED)
        row = reclassify_case(
            session,
            reports.row_of(session, made),
            actor=reports.desk(),
            now=LATER,
            category_code="noise",
        )
        assert (row.category_code, row.limit_minutes) == ("noise", 60)
        assert row.promised_at == NOW + timedelta(hours=1)
        assert {t.review for t in texts_of(session, row)} == {Review.WITHHELD}
        assert {t.public_text for t in texts_of(session, row)} == {None}
        assert {p.review for p in photos_of(session, row)} == {Review.WITHHELD}
        assert events_of(session, row)[-1].reason_code == "noise"


def test_a_strangers_case_is_missing_and_one_in_reach_may_still_be_forbidden(
    database: Database,
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        made = reports.case(session, tree[AREA])
        elsewhere = reports.desk(tree["370283002"].path)
        with pytest.raises(Missing):
            case_as_seen(session, made.number, elsewhere)
        reader = reports.staff(place=tree["370283001"].path)
        row = case_as_seen(session, made.number, reader)
        with pytest.raises(Forbidden):
            take_step(session, row, Event.ACCEPT, actor=reader, now=LATER)


def test_a_stale_page_is_a_conflict(database: Database) -> None:
    with database.write() as session:
        made = reports.case(session, small_tree(session)[AREA], state=State.FILED)
        with pytest.raises(Conflict) as conflict:
            case_as_seen(session, made.number, reports.desk(), seen=1)
        assert conflict.value.code is Refusal.STALE


def test_permissions_of_one_place_do_not_reach_another(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        made = reports.case(session, tree[AREA])
        row = reports.row_of(session, made)
        neighbour = reports.staff(Permission.REPORT_ACCEPT, place=tree["370283002"].path)
        with pytest.raises(Forbidden):
            move_case(session, row, Event.ACCEPT, actor=neighbour, now=LATER)
        own = reports.staff(Permission.REPORT_ACCEPT, place=tree["370283001"].path)
        assert move_case(session, row, Event.ACCEPT, actor=own, now=LATER).accepted_at == LATER

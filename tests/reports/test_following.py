"""Following on both engines: consent first, one digest a day, nothing told twice."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from portal.accounts.service import erase_person, export_person
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.kernel.outbox import OutboxMessage, OutboxState
from portal.reports.jobs import forget_old
from portal.reports.models import CaseEvent, CaseMerge, Follow, Follower
from portal.reports.queries.following import follows_of_person, news_of, stop_target
from portal.reports.queries.public import kinds
from portal.reports.rules.codes import Event, Precision, State, Target
from portal.reports.rules.following import FollowRefusal, FollowWay, Subject
from portal.reports.service.following.asking import stop
from portal.reports.service.following.digests import send_digests, tell_at_once
from tests.make import accounts, following, reports
from tests.make.areas import small_tree
from tests.make.following import DAY, EVENING, PHONE, asked, confirmed, of_case, own, posted
from tests.make.neighbours import race
from tests.make.reports import NOW, walk

STREET, COMMUNITY = "370283001", "370283001001"
HOUR = timedelta(hours=1)
PLACE = Subject(area=STREET)


def _rows(database: Database, model: type[Follow] | type[Follower]) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_nothing_is_sent_before_the_link_was_used_and_the_answer_is_always_the_same(
    database: Database,
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        reports.listed(session, tree, at=NOW + HOUR)
        asked(session, PLACE)
    assert [template for template, _, _ in posted(database)] == ["follow.confirm"]
    assert send_digests(database, EVENING) == 0
    # asked again: the same link, and no second row
    with database.write() as session:
        asked(session, PLACE, at=NOW + HOUR)
    first, second = posted(database)
    assert first[2]["link"] == second[2]["link"]
    assert "/f/" in first[2]["link"]
    assert _rows(database, Follow) == 1
    # whoever follows already is told so at that phone, and nowhere else
    with database.write() as session:
        confirmed(session, PLACE, at=NOW + 2 * HOUR)
        asked(session, PLACE, at=NOW + 3 * HOUR)
    assert posted(database)[-1][0] == "follow.already"
    # a telephone is not flooded, and who types learns nothing of it
    before = len(posted(database))
    with database.write() as session:
        for at in range(9):
            asked(session, Subject(category=f"k{at}"), at=NOW + 4 * HOUR)
    assert len(posted(database)) - before <= 3
    with pytest.raises(Refused) as refused, database.write() as session:
        asked(session, PLACE, "12345")
    assert refused.value.code is FollowRefusal.NOT_A_PHONE


def test_what_was_not_confirmed_is_forgotten_after_two_days_and_its_link_is_over(
    database: Database,
) -> None:
    with database.write() as session:
        small_tree(session)
        asked(session, PLACE)
    forget_old(database, NOW + 2 * DAY - HOUR)
    assert (_rows(database, Follow), _rows(database, Follower)) == (1, 1)
    forget_old(database, NOW + 2 * DAY)
    assert (_rows(database, Follow), _rows(database, Follower)) == (0, 0)


def test_one_digest_a_day_tells_what_is_new_and_a_quiet_day_sends_nothing(
    database: Database,
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        old = reports.listed(session, tree, at=NOW - 30 * DAY)
        confirmed(session, PLACE)
        reports.listed(session, tree, at=NOW + HOUR, state=State.ACCEPTED)
        reports.listed(session, tree, at=NOW + HOUR, area="370283002001")
        hidden = reports.case(session, tree[COMMUNITY], at=NOW + HOUR, state=State.ACCEPTED)
        hidden.listed = False
    # before its hour, and before the last step can be undone no more
    assert send_digests(database, EVENING - HOUR) == 0
    assert send_digests(database, EVENING) == 1
    assert send_digests(database, EVENING + HOUR) == 0
    _, to, facts = posted(database, "follow.digest")[0]
    assert to == PHONE
    assert (facts["count"], facts["fresh"]) == ("1", "1")
    assert facts["stop"].startswith(facts["own"])
    # nothing happened: nothing is sent
    assert send_digests(database, EVENING + DAY) == 0
    # the job was down for two days: one message tells all, and the next nothing again
    with database.write() as session:
        again = session.merge(old)
        walk(session, again, (Event.ACCEPT,), at=EVENING + DAY + HOUR)
        walk(session, again, (Event.FILE,), at=EVENING + 2 * DAY)
    assert send_digests(database, EVENING + 3 * DAY) == 1
    assert send_digests(database, EVENING + 4 * DAY) == 0
    facts = posted(database, "follow.digest")[-1][2]
    assert (facts["count"], facts["fresh"]) == ("1", "0")


def test_P5_a_digest_names_kind_and_street_of_what_is_about_a_shop(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        reports.category(
            session, "shop_overflow", target=Target.PERSON_OR_SHOP, precision=Precision.COMMUNITY
        )
        person = accounts.person(session)
        session.flush()
        own(session, person, PLACE)
        confirmed(session, PLACE)
        reports.listed(session, tree, at=NOW + HOUR, category_code="shop_overflow")
    assert send_digests(database, EVENING) == 1
    facts = posted(database, "follow.digest")[0][2]
    assert facts["place"]["zh_Hans"] == tree[STREET].name_zh_hans
    with database.read() as session:
        rows = news_of(session, follows_of_person(session, person.id), NOW, kinds(session))
    assert [(row.case.codes, row.case.excerpt, row.fresh) for row in rows] == [
        (("370283", STREET), None, True)
    ]


def test_only_one_of_several_runners_sends_a_day_s_digest(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        reports.listed(session, tree, at=NOW + HOUR)
        for at in range(3):
            confirmed(session, PLACE, f"+861380000126{at}")
    sent = _together(database)
    assert sum(sent) == 3
    assert len(posted(database, "follow.digest")) == 3


def _together(database: Database) -> list[int]:
    start = Barrier(4)

    def run(late: int) -> int:
        start.wait()
        return send_digests(database, EVENING + timedelta(minutes=late))

    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(run, range(4)))


def test_a_matter_is_told_at_each_step_to_who_wants_it_and_then_not_in_the_digest(
    database: Database,
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        made = reports.listed(session, tree, at=NOW - DAY)
        confirmed(session, of_case(made), at_once=True)
        confirmed(session, of_case(made), "+8613800001267")
        walk(session, made, (Event.ACCEPT,), at=NOW)
    # what can still be undone is told to nobody
    assert tell_at_once(database, NOW + HOUR + timedelta(minutes=9)) == 0
    with ThreadPoolExecutor(3) as pool:
        late = NOW + HOUR + timedelta(minutes=11)
        sent = list(pool.map(lambda at: tell_at_once(database, late + at * HOUR / 60), range(3)))
    assert sum(sent) == 1
    template, to, facts = posted(database, "follow.step")[0]
    assert (template, to) == ("follow.step.accepted", PHONE)
    assert facts["link"].endswith(f"/reports/{made.number}")
    assert send_digests(database, EVENING) == 1
    assert posted(database, "follow.digest")[0][1] == "+8613800001267"


def test_by_night_a_step_waits_for_the_morning_and_a_stop_withdraws_it(database: Database) -> None:
    night = NOW + 13 * HOUR
    with database.write() as session:
        tree = small_tree(session)
        made = reports.listed(session, tree, at=NOW - DAY)
        confirmed(session, of_case(made), at_once=True)
        walk(session, made, (Event.ACCEPT,), at=night - HOUR)
    assert tell_at_once(database, night + HOUR) == 1
    with database.write() as session:
        row = session.scalars(
            select(OutboxMessage).where(OutboxMessage.template == "follow.step.accepted")
        ).one()
        assert f"{row.due_at:%H:%M}" == "23:30"
        token = following.token_in(posted(database, "follow.step")[0][2]["stop"])
        target = stop_target(session, token)
        assert target is not None
        assert not target.whole
        stop(session, target)
    with database.read() as session:
        states = session.scalars(
            select(OutboxMessage.state).where(OutboxMessage.template == "follow.step.accepted")
        )
        assert list(states) == [OutboxState.CANCELLED]
        assert stop_target(session, token) is None
    # nobody is kept to whom nothing goes
    assert (_rows(database, Follow), _rows(database, Follower)) == (0, 0)


@contextmanager
def _writes(engine: Engine) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT")):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def test_a_batch_of_followers_costs_the_same_few_queries_however_much_they_follow(
    database: Database,
) -> None:
    def grow(session: Session, first: int, people: int, matters: int) -> None:
        for at in range(people):
            for subject in (PLACE, Subject(category="litter"), Subject(area=COMMUNITY)):
                confirmed(session, subject, f"+86138{first + at:08}", address=f"{at}")
        for _ in range(matters):
            reports.listed(session, tree, at=NOW + HOUR)

    counts = []
    with database.write() as session:
        tree = small_tree(session)
        grow(session, 100, 1, 1)
    for day in range(2):
        with _writes(database.writer) as sent:
            assert send_digests(database, EVENING + day * DAY) == (1, 7)[day]
        counts.append(len(sent))
        with database.write() as session:
            grow(session, 200, 6, 0)
            for made in [reports.listed(session, tree, at=NOW) for _ in range(5)]:
                walk(session, made, (Event.ACCEPT,), at=EVENING)
    assert counts[0] == counts[1] <= 5


def test_a_followed_matter_goes_on_where_it_was_joined_and_is_forgotten_some_time_after_its_end(
    database: Database,
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        part, whole = (reports.listed(session, tree, at=NOW - DAY) for _ in range(2))
        closed = reports.listed(session, tree, at=NOW - DAY, state=State.CLOSED)
        confirmed(session, of_case(part))
        confirmed(session, of_case(closed))
        session.add(
            CaseMerge(
                district=part.district, case_id=part.id, into_id=whole.id, at=NOW,
                was_state=State.REPORTED, was_listed=True,
            )
        )  # fmt: skip
    forget_old(database, NOW + HOUR)
    with database.read() as session:
        assert set(session.scalars(select(Follow.case_id))) == {whole.id, closed.id}
    forget_old(database, NOW + 31 * DAY)
    with database.read() as session:
        assert set(session.scalars(select(Follow.case_id))) == {whole.id}


@pytest.mark.parametrize(("was", "stays"), [(True, False), (False, True)])
def test_P5_a_follower_is_not_led_to_or_from_a_matter_that_is_not_public(
    database: Database, was: bool, stays: bool
) -> None:
    """She once read the kind and the number of a report on somebody's conduct on her own page."""
    with database.write() as session:
        tree = small_tree(session)
        part, whole = (reports.listed(session, tree, at=NOW - DAY) for _ in range(2))
        confirmed(session, of_case(part))
        whole.listed = stays
        session.add(
            CaseMerge(
                district=part.district, case_id=part.id, into_id=whole.id, at=NOW,
                was_state=State.REPORTED, was_listed=was,
            )
        )  # fmt: skip
    forget_old(database, NOW + HOUR)
    with database.read() as session:
        assert set(session.scalars(select(Follow.case_id))) == {part.id}


def test_a_follower_goes_on_through_a_matter_that_was_joined_with_a_third(
    database: Database,
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        first, second, third = (reports.listed(session, tree, at=NOW - DAY) for _ in range(3))
        confirmed(session, of_case(first))
        second.listed = False
        for one, into in ((first, second), (second, third)):
            session.add(
                CaseMerge(
                    district=one.district, case_id=one.id, into_id=into.id, at=NOW,
                    was_state=State.REPORTED, was_listed=True,
                )
            )  # fmt: skip
    for hours in (1, 2):
        forget_old(database, NOW + hours * HOUR)
    with database.read() as session:
        assert set(session.scalars(select(Follow.case_id))) == {third.id}


def test_P2_what_somebody_follows_is_handed_out_and_forgotten_with_her(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        person, other = accounts.person(session, phone=PHONE), accounts.person(session)
        session.flush()
        own(session, person, PLACE, FollowWay.SMS)
        own(session, other, PLACE)
        # without signing in, from the same telephone
        confirmed(session, Subject(category="litter"))
        reports.listed(session, tree, at=NOW + HOUR)
        session.flush()
        records = export_person(session, person.id, now=NOW)["records"]["follow"]
        assert [(row["place"], row["category"], row["to"]) for row in records] == [
            (STREET, None, None),
            (None, "litter", PHONE),
        ]
    assert send_digests(database, EVENING) == 2
    with database.write() as session:
        erase_person(session, None, person.id, now=NOW + DAY)
    with database.read() as session:
        assert set(session.scalars(select(Follower.person_id))) == {other.id}
        assert _rows(database, Follow) == 1
        messages = session.execute(
            select(OutboxMessage.state, OutboxMessage.sealed_to).where(
                OutboxMessage.template.startswith("follow.")
            )
        )
        assert {tuple(row) for row in messages} == {(OutboxState.CANCELLED, None)}


def test_an_account_whose_phone_was_never_proved_gets_no_message(database: Database) -> None:
    with database.write() as session:
        small_tree(session)
        person = accounts.person(session)
        person.phone_verified_at = None
        session.flush()
        with pytest.raises(Refused) as refused:
            own(session, person, PLACE, FollowWay.SMS)
        assert refused.value.code is FollowRefusal.NO_WAY
        own(session, person, PLACE)
        own(session, person, PLACE)
    assert _rows(database, Follow) == 1
    assert posted(database) == []


def test_two_clicks_at_once_make_one_follower(database: Database) -> None:
    with database.write() as session:
        small_tree(session)
        person = accounts.person(session)
    told = race(database, [lambda session: own(session, person, PLACE, FollowWay.SMS)] * 3)
    assert told == ["done"] * 3
    assert (_rows(database, Follow), _rows(database, Follower)) == (1, 2)
    told = race(database, [lambda session: asked(session, PLACE)] * 3)
    assert told == ["done"] * 3
    assert _rows(database, Follow) == 2


def test_what_a_check_lets_everybody_see_is_new_then(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        made = reports.listed(session, tree, at=NOW - 2 * DAY)
        confirmed(session, PLACE)
        for _ in range(2):
            session.add(
                CaseEvent(
                    district=made.district, case_id=made.id, at=NOW + HOUR, event=Event.MODERATE,
                    from_state=made.state, to_state=made.state, cycle=1, public=False,
                )
            )  # fmt: skip
            # one after the other, as they happen
            session.flush()
    assert send_digests(database, EVENING) == 1
    assert posted(database, "follow.digest")[0][2]["fresh"] == "1"

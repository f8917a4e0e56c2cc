"""Role models: nominated by anybody, checked, answered, decided by somebody else."""

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.models import Entry, Honour
from credit.queries.accounts import accounts_of
from credit.queries.honours import (
    Asked,
    HonourRow,
    open_honours,
    public_honours,
    voices_of,
)
from credit.queries.own import details_of
from credit.rules.honours import (
    NOMINATIONS_A_DAY,
    HonourRefusal,
    HonourState,
    Standing,
    Wish,
    honour_kinds,
    is_shown,
    kind_of,
    kinds_on,
    why_not_decide,
)
from credit.rules.kinds import Kind, Party
from credit.service import give_consent
from credit.service.honours.answering import Answer, answer_honour, own_honour
from credit.service.honours.checking import Check, check_nomination, reject_nomination
from credit.service.honours.deciding import grant_honour
from credit.service.honours.found import honour_here
from credit.service.honours.nominating import nominate
from portal.accounts.models import Person
from portal.accounts.rules import AgeBand
from portal.accounts.service import Place, grant_role
from portal.kernel.audit import AuditEntry
from portal.kernel.db import Database
from portal.kernel.errors import Forbidden, Missing
from portal.kernel.ids import new_id
from tests.make.accounts import actor, person, staff
from tests.make.credit import DISTRICT, NOW, adult
from tests.make.honours import (
    CITATION,
    COMMUNITY,
    OTHER,
    STREET,
    Street,
    asked,
    count,
    granted,
    honour_rule,
    newest,
    nominated,
    refusal_of,
    shown,
    street,
    told,
)
from tests.make.organisations import unit

DAY = timedelta(days=1)


@pytest.fixture
def city(database: Database) -> Street:
    return street(database)


# --- the way through ------------------------------------------------------------------------------


def test_a_neighbour_is_nominated_checked_asked_and_commended(
    database: Database, city: Street
) -> None:
    honour_rule(database)
    with database.write() as session:
        give_consent(session, DISTRICT, city.nominee.id, now=NOW)
        row = nominated(session, city)
        assert (row.state, row.holder_id) == (HonourState.NOMINATED, None)
        [voice] = voices_of(session, row)
        assert voice.nominator_id == city.nominator.person_id
        check_nomination(
            session, city.committee, row.number, Check(city.nominee.number, CITATION), now=NOW
        )
        mine = own_honour(session, city.nominee.id, row.number)
        assert (mine.state, mine.citation) == (HonourState.ASKED, CITATION)
        answer_honour(session, mine, Answer(Wish.SHOWN, " 王大姐 "), now=NOW)
        grant_honour(session, city.desk, row.number, now=NOW + DAY)
        [public] = shown(session, NOW + DAY)
        assert (public.name, public.year) == ("王大姐", 2026)
        [account] = accounts_of(session, Party.PERSON, city.nominee.id)
        assert account.balance == 10
        details = details_of(session, DISTRICT, account.account_id)
        sources = [found["source"] for found in details.values()]
        assert sources.count(f"honour:{row.number}") == 2
        kinds = session.scalars(select(Entry.kind)).all()
        assert kinds.count(Kind.HONOUR) == kinds.count(Kind.AWARD) == 1
        noted = session.scalars(
            select(AuditEntry.action).where(AuditEntry.person_id == city.nominee.id)
        ).all()
        assert sorted(a for a in noted if a.startswith("honour")) == [
            "honour:check",
            "honour:grant",
        ]


def test_a_shop_is_not_asked_and_stands_in_public(database: Database, city: Street) -> None:
    with database.write() as session:
        unit(session, "S-1", area=city.tree[COMMUNITY])
        row = granted(session, city, kind="civil_shop", nominee="S-1")
        assert (row.party, row.wish) == (Party.SHOP, None)
        assert [found.number for found in shown(session)] == [row.number]
        assert session.scalars(select(Entry.kind)).all() == [Kind.HONOUR]
        assert shown(session, NOW + 364 * DAY)
        assert shown(session, NOW + 365 * DAY) == []


def test_L5_without_consent_to_points_an_honour_is_recorded_and_the_ledger_knows_nothing(
    database: Database, city: Street
) -> None:
    honour_rule(database)
    with database.write() as session:
        before = count(session, Entry)
        row = granted(session, city)
        assert row.state is HonourState.GRANTED
        assert count(session, Entry) == before
        assert accounts_of(session, Party.PERSON, city.nominee.id) == []


# --- who may do what ------------------------------------------------------------------------------


def test_nobody_nominates_herself_in_words_either(database: Database, city: Street) -> None:
    with database.write() as session:
        herself = actor(session, session.get_one(Person, city.nominee.id))
        nominate(session, herself, told(), now=NOW)
        row = newest(session)
        check = Check(city.nominee.number, CITATION)
        act = partial(check_nomination, session, city.committee, row.number, check, now=NOW)
        assert refusal_of(act) is HonourRefusal.NOT_YOURSELF
        by_number = told(nominee=_number(session, city.committee.person_id))
        act = partial(nominate, session, city.committee, by_number, now=NOW)
        assert refusal_of(act) is HonourRefusal.NOT_YOURSELF


def _number(session: Session, person_id: Any) -> str:
    return session.get_one(Person, person_id).number


def test_who_checked_nominated_or_is_nominated_does_not_decide(
    database: Database, city: Street
) -> None:
    with database.write() as session:
        both = staff(session, "street_desk", area=city.tree[STREET])
        grant_role(
            session, None, both.id, "community_committee",
            Place(area_id=city.tree[COMMUNITY].id), now=NOW - 400 * DAY,
        )  # fmt: skip
        two = actor(session, both, NOW)
        row = nominated(session, city)
        check_nomination(session, two, row.number, Check(city.nominee.number, CITATION), now=NOW)
        act = partial(grant_honour, session, two, row.number, now=NOW + 20 * DAY)
        assert refusal_of(act) is HonourRefusal.SAME_PERSON
        # she may nominate, and then others check and decide
        nominate(session, two, told(kind="good_neighbour", nominee=city.nominee.number), now=NOW)
        second = newest(session)
        check_nomination(session, city.committee, second.number, Check("", CITATION), now=NOW)
        act = partial(grant_honour, session, two, second.number, now=NOW + 20 * DAY)
        assert refusal_of(act) is HonourRefusal.SAME_PERSON
        grant_honour(session, city.desk, second.number, now=NOW + 20 * DAY)


def test_staff_of_another_street_find_nothing_and_residents_decide_nothing(
    database: Database, city: Street
) -> None:
    with database.write() as session:
        row = asked(session, city)
        for who in (city.other_desk, city.nominator):
            for act in (grant_honour, reject_nomination):
                with pytest.raises(Missing):
                    act(session, who, row.number, now=NOW)
            with pytest.raises(Missing):
                honour_here(session, who, row.number)
        with pytest.raises(Forbidden):
            grant_honour(session, city.committee, row.number, now=NOW + 20 * DAY)
        with pytest.raises(Forbidden):
            nominate(session, city.nominator, told(nominee=city.nominee.number), now=NOW)
        second = nominated(session, city, kind="good_neighbour")
        with pytest.raises(Forbidden):
            check_nomination(session, city.desk, second.number, Check("x", "y"), now=NOW)
        assert [w.row.number for w in open_honours(session, [city.tree[STREET].path])] == [
            row.number, second.number,
        ]  # fmt: skip
        assert open_honours(session, [city.tree[OTHER].path]) == []
        assert open_honours(session, []) == []


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        (HonourRefusal.UNKNOWN_KIND, {"kind": "best_of_all"}),
        (HonourRefusal.UNKNOWN_PLACE, {"place": "没有这里"}),
        (HonourRefusal.NO_WORDS, {"words": "  "}),
        (HonourRefusal.NO_WORDS, {"whom": ""}),
        (HonourRefusal.LONG, {"words": "好" * 1001}),
    ],
)
def test_what_is_no_nomination(
    database: Database, city: Street, code: HonourRefusal, changes: dict[str, Any]
) -> None:
    with database.write() as session:
        assert (
            refusal_of(lambda: nominate(session, city.nominator, told(**changes), now=NOW)) is code
        )
        assert count(session, Honour) == 0


def test_staff_name_an_existing_adult_by_number_or_phone_and_a_shop_by_its_code(
    database: Database, city: Street
) -> None:
    with database.write() as session:
        child = adult(session)
        child.age_band = AgeBand.UNDER_14
        session.flush()
        for code, nominee in (
            (HonourRefusal.UNKNOWN_NOMINEE, "13800009999"),
            (HonourRefusal.UNKNOWN_NOMINEE, "S-1"),
            (HonourRefusal.CHILD, child.number),
        ):
            wish = told(nominee=nominee)
            act = partial(nominate, session, city.committee, wish, now=NOW)
            assert refusal_of(act) is code
        known = person(session, "钱", "+8613800004321")
        session.flush()
        nominate(session, city.committee, told(nominee="138 0000 4321"), now=NOW)
        assert newest(session).holder_id == known.id


def test_nobody_nominates_more_than_so_often_a_day(database: Database, city: Street) -> None:
    for _ in range(NOMINATIONS_A_DAY):
        with database.write() as session:
            nominate(session, city.nominator, told(), now=NOW)

    def again(now: Any) -> None:
        with database.write() as session:
            nominate(session, city.nominator, told(), now=now)

    assert refusal_of(lambda: again(NOW)) is HonourRefusal.TOO_MANY
    again(NOW + DAY)
    with database.read() as session:
        assert count(session, Honour) == NOMINATIONS_A_DAY + 1


# --- the rules themselves -------------------------------------------------------------------------


def test_N7_the_public_list_is_in_the_order_of_days_whatever_was_earned(
    database: Database, city: Street
) -> None:
    with database.write() as session:
        rows = [
            granted(session, city, kind=kind, now=NOW + at * DAY)
            for at, kind in enumerate(("volunteer_star", "civil_citizen", "good_neighbour"))
        ]
        moment = NOW + 9 * DAY
        newest_first = [row.number for row in reversed(rows)]
        assert [row.number for row in shown(session, moment)] == newest_first
        before = Asked(before=newest_first[0])
        assert [r.number for r in public_honours(session, before, moment)] == newest_first[1:]
        for asked_for, expected in (
            (Asked(kind="civil_citizen"), [rows[1].number]),
            (Asked(year=2026), newest_first),
            (Asked(year=2025), []),
            (Asked(place_path=city.tree[STREET].path), newest_first),
            (Asked(place_path=city.tree[OTHER].path), []),
        ):
            assert [r.number for r in public_honours(session, asked_for, moment)] == expected
        columns = set(HonourRow.__dataclass_fields__)
        assert not columns & {"points", "amount", "rank", "score", "balance"}


def test_a_kind_holds_from_its_day_to_its_last() -> None:
    codes = {kind.code for kind in kinds_on(honour_kinds(), date(2026, 11, 29))}
    assert {"civil_citizen", "good_neighbour", "civil_shop"} <= codes
    assert kinds_on(honour_kinds(), date(2025, 12, 31)) == []
    known = kind_of("civil_citizen", date(2020, 1, 1))
    assert known is not None
    assert kind_of("no_such", date(2026, 1, 1)) is None
    for kind in honour_kinds():
        assert all(kind.names.values())
        assert all(kind.needs.values())
        assert kind.source
        assert 0 < kind.answer_days < kind.shown_days <= 1826


_SOME = [new_id() for _ in range(4)]
standings = st.builds(
    Standing,
    state=st.sampled_from(HonourState),
    party=st.sampled_from(Party),
    holder_id=st.sampled_from(_SOME),
    wish=st.sampled_from([None, *Wish]),
    answer_until=st.sampled_from([None, NOW - DAY, NOW, NOW + DAY]),
    checker_id=st.sampled_from(_SOME),
    nominators=st.frozensets(st.sampled_from(_SOME)),
)


@given(standings, st.sampled_from([None, *_SOME]))
def test_whoever_decides_is_somebody_else_and_nobody_is_hurried(
    standing: Standing, decider: Any
) -> None:
    if why_not_decide(standing, decider, NOW) is None:
        assert standing.state is HonourState.ASKED
        assert decider is not None
        assert decider not in {standing.checker_id, standing.holder_id, *standing.nominators}
        silent = standing.answer_until is not None and standing.answer_until <= NOW
        assert standing.party is Party.SHOP or standing.wish is not None or silent


@given(st.sampled_from(HonourState), st.sampled_from(Party), st.sampled_from([None, *Wish]))
def test_L6_of_a_person_nothing_is_shown_but_what_she_wants_shown(
    state: HonourState, party: Party, wish: Wish | None
) -> None:
    if is_shown(state, party, wish, NOW + DAY, NOW):
        assert state is HonourState.GRANTED
        assert party is Party.SHOP or wish is Wish.SHOWN
    assert not is_shown(state, party, wish, NOW, NOW)
    assert not is_shown(state, party, wish, None, NOW)

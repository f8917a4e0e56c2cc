"""An adoption from the register to its signatures, and several adopters, on both engines."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from credit.models import Entry
from credit.rules.kinds import Kind
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Forbidden, Missing
from portal.kernel.outbox import OutboxMessage
from tests.make.adoption import (
    NOW,
    OUTSIDE,
    PUBLIC_NAME,
    Park,
    active,
    applied,
    asks,
    offered,
    park,
    plot,
    refusal_of,
    row_of,
    signature,
    signed,
    wish,
)
from volunteers.queries.adoption.adoptions import events_of, members_of, plaque_of
from volunteers.queries.adoption.agreements import agreements_of
from volunteers.queries.adoption.care import model_now
from volunteers.queries.adoption.plots import (
    Sought,
    Standing,
    listed_plots,
    plot_by_number,
)
from volunteers.rules.adoption.life import AdoptionState, Party, Role, Step
from volunteers.rules.adoption.refusals import AdoptionRefusal, RegisterFlaw
from volunteers.service.adoption.agreements import publish_model
from volunteers.service.adoption.applying import apply_for, withdraw
from volunteers.service.adoption.checking import check_site
from volunteers.service.adoption.looking_after import give_notice
from volunteers.service.adoption.members import (
    answer_joining,
    ask_to_join,
    hand_over,
    leave_others,
    show_name,
)
from volunteers.service.adoption.registering import add_plot, change_plot, retire_plot
from volunteers.service.adoption.signing import ForTheCity, Signature, countersign, sign

S, R = AdoptionState, AdoptionRefusal


@pytest.fixture
def made(database: Database) -> Park:
    return park(database)


# --- the register ---------------------------------------------------------------------------------


def test_a_plot_outside_the_city_is_refused_and_nothing_changes(
    database: Database, made: Park
) -> None:
    with database.write() as session:
        outside = wish(lon=OUTSIDE[0], lat=OUTSIDE[1])
        code = refusal_of(lambda: add_plot(session, made.desk, outside, now=NOW))
        assert code is RegisterFlaw.OUTSIDE
        code = refusal_of(lambda: add_plot(session, made.other_desk, wish(), now=NOW))
        assert code is RegisterFlaw.NOT_YOURS
        assert listed_plots(session, Sought(), date(2026, 11, 25)) == []


def test_old_and_notable_trees_are_shown_and_never_adopted(database: Database, made: Park) -> None:
    with database.write() as session:
        both = wish(heritage=True)
        code = refusal_of(lambda: add_plot(session, made.desk, both, now=NOW))
        assert code is RegisterFlaw.HERITAGE
        tree = plot(session, made, kind="tree", heritage=True, adoptable=False)
        assert tree.standing is Standing.HERITAGE
        assert refusal_of(lambda: applied(session, made, tree)) is R.HERITAGE


def test_r194_new_public_green_enters_the_list_on_its_day_by_itself(
    database: Database, made: Park
) -> None:
    with database.write() as session:
        green = plot(session, made, new_green=True, listed_from=date(2026, 12, 1))
        before = listed_plots(session, Sought(only_new=True), date(2026, 11, 30))
        on = listed_plots(session, Sought(only_new=True), date(2026, 12, 1))
        assert (before, [row.number for row in on]) == ([], [green.number])
        with pytest.raises(Missing):
            applied(session, made, green)


def test_what_is_adopted_cannot_be_taken_off_or_closed_and_a_stale_form_is_told(
    database: Database, made: Park
) -> None:
    with database.write() as session:
        where, desk = plot(session, made), made.desk
        change_plot(session, desk, where.number, wish(name="新名"), seen=1, now=NOW)
        with pytest.raises(Conflict):
            change_plot(session, desk, where.number, wish(name="旧表"), seen=1, now=NOW)
        active(session, made, where)
        closed = wish(adoptable=False)
        code = refusal_of(lambda: change_plot(session, desk, where.number, closed, seen=2, now=NOW))
        assert code is RegisterFlaw.HELD
        code = refusal_of(lambda: retire_plot(session, desk, where.number, now=NOW))
        assert code is RegisterFlaw.HELD
        other = plot(session, made, register_number="LD-2")
        code = refusal_of(lambda: change_plot(session, desk, other.number, wish(), seen=1, now=NOW))
        assert code is RegisterFlaw.NUMBER_TAKEN
        retire_plot(session, desk, other.number, now=NOW)
        gone = plot_by_number(session, other.number)
        assert gone is not None
        assert gone.standing is Standing.GONE


# --- the way in -----------------------------------------------------------------------------------


def test_from_an_application_to_a_sealed_agreement_with_a_plaque(
    database: Database, made: Park
) -> None:
    with database.write() as session:
        number = signed(session, made, plot(session, made), public=PUBLIC_NAME)
        assert row_of(session, number).state is S.SIGNED
        countersign(session, made.desk, number, ForTheCity("徐值班"), now=NOW)
        row = row_of(session, number)
        assert (row.state, row.starts_on) == (S.ACTIVE, date(2026, 11, 25))
        assert row.ends_on == date(2027, 11, 24)
        sealed = session.scalars(select(Entry).where(Entry.kind == Kind.AGREEMENT_SIGNED)).all()
        assert len(sealed) == 1
        [agreed] = agreements_of(session, row.id)
        assert agreed.text is not None
        assert plaque_of(session, row.id) is not None
        steps = [event.step for event in events_of(session, row.id)]
        assert steps == [Step.APPLY, Step.FIT, Step.SIGN, Step.COUNTERSIGN]
        messages = session.scalars(select(OutboxMessage.template)).all()
        assert {"adoption.offered", "adoption.in_force"} <= set(messages)


def test_small_plots_get_no_plaque_and_no_name(database: Database, made: Park) -> None:
    with database.write() as session:
        small, large = (
            plot(session, made, square_metres=999),
            plot(session, made, register_number="LD-2"),
        )
        wanted = asks(form="donate", cost_percent=60, plot_name="爱心林")
        code = refusal_of(lambda: apply_for(session, made.lead, small.number, wanted, now=NOW))
        assert code is R.NAME_SMALL
        number = active(session, made, small)
        assert plaque_of(session, row_of(session, number).id) is None
        half = asks(form="donate", cost_percent=50, plot_name="爱心林")
        code = refusal_of(lambda: apply_for(session, made.lead, large.number, half, now=NOW))
        assert code is R.NAME_SHARE
        paid = {"form": "donate", "cost_percent": 51, "plot_name": "爱心林"}
        named = active(session, made, large, grant_name=True, **paid)
        assert row_of(session, named).named_until == date(2031, 11, 24)


def test_a_plot_is_not_split_the_second_who_is_checked_gets_a_clear_answer(
    database: Database, made: Park
) -> None:
    with database.write() as session:
        where = plot(session, made)
        first, second = (applied(session, made, where, who) for who in (made.lead, made.neighbour))
        assert refusal_of(lambda: applied(session, made, where)) is R.APPLIED_ALREADY
        said = {"fits": True, "reason": "合适", "now": NOW}
        check_site(session, made.desk, first, **said)
        session.flush()
        assert refusal_of(lambda: check_site(session, made.desk, second, **said)) is R.TAKEN
        assert row_of(session, second).state is S.APPLIED
        assert refusal_of(lambda: applied(session, made, where, made.friend)) is R.TAKEN


def test_the_desk_says_why_and_never_decides_about_its_own(database: Database, made: Park) -> None:
    with database.write() as session:
        where = plot(session, made)
        number, own = applied(session, made, where), applied(session, made, where, made.desk)

        def check(
            which: str, who: Any = made.desk, *, fits: bool = True, reason: str = "好"
        ) -> None:
            check_site(session, who, which, fits=fits, reason=reason, now=NOW)

        assert refusal_of(lambda: check(number, fits=False, reason=" ")) is R.NO_REASON
        with pytest.raises(Missing):
            check(number, made.other_desk)
        assert refusal_of(lambda: check(own)) is R.SAME_PERSON
        check(number, fits=False, reason="管线施工")
        row = row_of(session, number)
        assert row.state is S.REFUSED
        assert events_of(session, row.id)[-1].reason == "管线施工"


def test_who_applies_can_withdraw_and_nobody_else_can(database: Database, made: Park) -> None:
    with database.write() as session:
        where = plot(session, made)
        number = offered(session, made, where)
        with pytest.raises(Missing):
            withdraw(session, made.neighbour, number, now=NOW)
        with pytest.raises(Missing):
            give_notice(session, made.neighbour, number, now=NOW)
        withdraw(session, made.lead, number, now=NOW)
        assert row_of(session, number).state is S.WITHDRAWN
        # the plot is free again
        assert row_of(session, offered(session, made, where, made.neighbour)).state is S.OFFERED


def test_only_the_newest_text_is_signed_and_older_agreements_keep_theirs(
    database: Database, made: Park
) -> None:
    with database.write() as session:
        first, second = (plot(session, made, register_number=n) for n in ("LD-1", "LD-2"))
        old = active(session, made, first)
        number = offered(session, made, second, made.neighbour)
        newest = model_now(session)
        assert newest is not None
        texts = {**newest.texts, "en": newest.texts["en"] + "\n11. One more."}
        given = {"source": "市园林中心", "seen": newest.version, "now": NOW}
        with pytest.raises(Forbidden):
            publish_model(session, made.desk, texts, **given)
        code = refusal_of(lambda: publish_model(session, made.publisher, newest.texts, **given))
        assert code is R.SAME_TEXT
        assert publish_model(session, made.publisher, texts, **given) == newest.version + 1
        with pytest.raises(Conflict):
            publish_model(session, made.publisher, {**texts, "en": "x"}, **given)
        stale = Signature("吴", newest.version)
        assert refusal_of(lambda: sign(session, made.neighbour, number, stale, now=NOW)) is (
            R.TEXT_CHANGED
        )
        sign(session, made.neighbour, number, signature(session), now=NOW)
        versions = [row_of(session, one).model_version for one in (old, number)]
        assert versions == [newest.version, newest.version + 1]


def test_nothing_is_signed_without_a_name(database: Database, made: Park) -> None:
    with database.write() as session:
        number = offered(session, made, plot(session, made))
        empty = Signature("  ", signature(session).version)
        code = refusal_of(lambda: sign(session, made.lead, number, empty, now=NOW))
        assert code is R.NO_SIGNATURE
        assert row_of(session, number).state is S.OFFERED


def test_a_group_needs_a_name_and_too_many_applications_wait(
    database: Database, made: Park
) -> None:
    with database.write() as session:
        where = plot(session, made)
        nameless, strange = asks(party=Party.SCHOOL_CLASS), asks(form="rent")
        for asked, why in ((nameless, R.NO_GROUP_NAME), (strange, R.UNKNOWN_FORM)):
            code = refusal_of(
                lambda asked=asked: apply_for(session, made.lead, where.number, asked, now=NOW)
            )
            assert code is why
        for nth in range(5):
            applied(session, made, plot(session, made, register_number=f"T{nth}"))
        sixth = plot(session, made, register_number="T9")
        assert refusal_of(lambda: applied(session, made, sixth)) is R.TOO_MANY
        assert applied(session, made, sixth, now=NOW + timedelta(days=31))


# --- several adopters -----------------------------------------------------------------------------


def _members(session: Any, number: str) -> Any:
    row = row_of(session, number)
    return members_of(session, [row.id])[row.id]


def _member(session: Any, number: str, who: Any) -> str:
    rows = _members(session, number)
    return str(next(m.number for m in rows if m.person_id == who.person_id))


def test_several_look_after_it_and_one_leads_and_the_lead_is_handed_over_whole(
    database: Database, made: Park
) -> None:
    with database.write() as session:
        where = plot(session, made)
        number = active(session, made, where)
        assert ask_to_join(session, made.friend, where.number, now=NOW) == number
        session.flush()
        code = refusal_of(lambda: ask_to_join(session, made.friend, where.number, now=NOW))
        assert code is R.JOINED_ALREADY
        friend = _member(session, number, made.friend)
        # who asked is no adopter yet: she cannot lead, and has no say
        code = refusal_of(lambda: hand_over(session, made.lead, number, friend, now=NOW))
        assert code is R.NOT_A_MEMBER
        answer_joining(session, made.lead, number, friend, yes=True)
        with pytest.raises(Forbidden):
            hand_over(session, made.friend, number, friend, now=NOW)
        assert refusal_of(lambda: leave_others(session, made.lead, number)) is R.IS_LEAD
        hand_over(session, made.lead, number, friend, now=NOW)
        roles = {m.person_id: m.role for m in _members(session, number)}
        assert roles == {made.lead.person_id: Role.MEMBER, made.friend.person_id: Role.LEAD}
        leave_others(session, made.lead, number)
        assert [m.person_id for m in _members(session, number)] == [made.friend.person_id]


def test_a_name_is_shown_only_as_long_as_she_wants(database: Database, made: Park) -> None:
    with database.write() as session:
        paid = {"form": "build", "cost_percent": 80, "plot_name": "葵园"}
        where = plot(session, made)
        number = active(session, made, where, public=PUBLIC_NAME, grant_name=True, **paid)
        assert _members(session, number)[0].public_name == PUBLIC_NAME
        show_name(session, made.lead, number, "")
        row = row_of(session, number)
        assert (row.plot_name, row.named_until) == ("", None)
        assert _members(session, number)[0].public_name == ""
        with pytest.raises(Missing):
            show_name(session, made.neighbour, number, "别人")

"""Messages of the loop: in the step's own transaction, in the reporter's language."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.kernel.i18n import in_language
from portal.kernel.instance import instance_of
from portal.kernel.messages import compose, has_template
from portal.kernel.outbox import OutboxMessage, OutboxState
from portal.reports.labels.case import REASONS
from portal.reports.queries.case import reporters_of
from portal.reports.queries.links import link_target
from portal.reports.rules.codes import Event, LinkPurpose, Means, State
from portal.reports.rules.reasons import Reason
from portal.reports.rules.transitions import TRANSITIONS
from portal.reports.service.handling import (
    close_case,
    dispatch_case,
    reopen_case,
    send_back_case,
    take_step,
)
from portal.reports.service.links import forget_links, revoke_links
from portal.reports.service.notices import tell_grid
from tests.make import accounts, reports
from tests.make.areas import small_tree
from tests.make.organisations import unit
from tests.make.ratings import ratings_on
from tests.make.reports import NOW

LATER = NOW + timedelta(days=1)
AREA = "370283001001"
PHONE = "+8619900001277"


def sent(session: Session) -> list[tuple[str, str, dict[str, str]]]:
    """(template, to, facts) of every message that still waits, in order."""
    vault = instance_of(session).vault
    rows = session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.state == OutboxState.WAITING)
        .order_by(OutboxMessage.id)
    )
    return [
        (row.template, vault.unseal(row.sealed_to or ""), _facts(vault.unseal, row)) for row in rows
    ]


def _facts(unseal: Callable[[str], str], row: OutboxMessage) -> dict[str, str]:
    found: dict[str, str] = json.loads(unseal(row.sealed_facts or ""))
    return found


def test_a_reporter_with_a_phone_is_told_each_public_step(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        made = reports.case(session, tree[AREA], phone=PHONE)
        cleaners = unit(session, name="环卫中心", area=tree["370283"])
        row = reports.row_of(session, made)
        row = take_step(session, row, Event.ACCEPT, actor=reports.desk(), now=NOW)
        dispatch_case(session, row, actor=reports.desk(), now=NOW, unit_id=cleaners.id)
        found = sent(session)
    assert [(template, to) for template, to, _ in found] == [
        ("report.accepted", PHONE),
        ("report.dispatched", PHONE),
    ]
    assert found[1][2]["unit"] == "环卫中心"
    assert found[0][2]["number"] == made.number


def test_without_a_phone_nobody_is_written_to_but_an_account_has_one(database: Database) -> None:
    with database.write() as session:
        area = small_tree(session)[AREA]
        anonymous = reports.case(session, area)
        take_step(
            session,
            reports.row_of(session, anonymous),
            Event.ACCEPT,
            actor=reports.desk(),
            now=NOW,
        )
        assert sent(session) == []
        person = accounts.person(session, phone="+8619900001278")
        known = reports.case(session, area, reporter=person)
        row = reports.row_of(session, known)
        take_step(session, row, Event.ACCEPT, actor=reports.desk(), now=NOW)
        assert [to for _, to, _ in sent(session)] == ["+8619900001278"]


def test_a_refusal_tells_its_reason_in_the_readers_language(app: Flask, database: Database) -> None:
    with database.write() as session:
        made = reports.case(session, small_tree(session)[AREA], phone=PHONE)
        row = reports.row_of(session, made)
        take_step(
            session,
            row,
            Event.REFUSE,
            actor=reports.desk(),
            now=NOW,
            reason=Reason.OTHER_PLACE,
        )
        template, _, facts = sent(session)[0]
    assert template == "report.not_accepted.other_place"
    with app.test_request_context(), in_language("en"):
        words = compose(template, facts)
        assert made.number in words
        assert str(REASONS[Reason.OTHER_PLACE]) in words
        assert facts["link"] in words


@pytest.mark.parametrize("event", [e for e, row in TRANSITIONS.items() if row.tells])
def test_every_message_of_the_table_has_words(app: Flask, event: Event) -> None:
    row = TRANSITIONS[event]
    with_reasons = row.reasons if event is not Event.SEND_BACK else ()
    names = [f"{row.tells}.{reason.value}" for reason in with_reasons] or [str(row.tells)]
    facts = {"number": "7K3M9-QX2HD", "unit": "U", "link": "L", "until": "D", "days": 3, "count": 2}
    with app.test_request_context():
        for name in names:
            assert has_template(name)
            assert "7K3M9-QX2HD" in compose(name, facts)


def test_a_link_in_a_message_opens_the_reporters_own_case_until_it_ends(
    database: Database,
) -> None:
    with database.write() as session:
        made = reports.case(session, small_tree(session)[AREA], phone=PHONE)
        row = reports.row_of(session, made)
        take_step(session, row, Event.ACCEPT, actor=reports.desk(), now=NOW)
        link = sent(session)[0][2]["link"]
        token = link.rpartition("/r/")[2]
        target = link_target(session, token, NOW)
        assert target is not None
        me = reporters_of(session, row)[0]
        assert (target.number, target.reporter, target.purpose) == (
            made.number,
            me,
            LinkPurpose.FOLLOW,
        )
        assert link_target(session, token + "x", NOW) is None
        assert link_target(session, token, NOW + timedelta(days=90)) is None
        revoke_links(session, me, now=NOW)
        assert link_target(session, token, NOW) is None
        forget_links(session, now=NOW + timedelta(days=91))
        assert session.scalars(select(reports.CaseReporter)).one().id == me.id


def test_the_receipts_own_token_opens_the_case_as_well(database: Database) -> None:
    with database.write() as session:
        made = reports.reported(session, small_tree(session)[AREA])
        reports.reporter(session, made, token="t" * 32)
        target = link_target(session, "t" * 32, NOW)
        assert target is not None
        assert target.number == made.number


def test_closing_asks_for_a_rating_where_rating_is_on_and_reminds_once(
    database: Database,
) -> None:
    with database.write() as session:
        area = small_tree(session)[AREA]
        made = reports.case(session, area, state=State.HANDLED, phone=PHONE)
        close_case(
            session,
            reports.row_of(session, made),
            actor=reports.verifier(),
            now=NOW,
            means=Means.SERVICE,
        )
        assert [template for template, _, _ in sent(session)] == ["report.closed"]
        ratings_on(session, area)
        other = reports.case(session, area, state=State.HANDLED, phone=PHONE)
        row = close_case(
            session,
            reports.row_of(session, other),
            actor=reports.verifier(),
            now=LATER,
            means=Means.SERVICE,
        )
        ask, remind = sent(session)[1:]
        assert (ask[0], remind[0]) == ("report.rate", "report.rate_reminder")
        target = link_target(session, ask[2]["link"].rpartition("/")[2], LATER)
        assert target is not None
        assert target.purpose is LinkPurpose.RATE
        due = session.scalars(
            select(OutboxMessage.due_at).where(OutboxMessage.template == "report.rate_reminder")
        ).one()
        assert due == LATER + timedelta(days=7)
        reopen_case(session, row, now=LATER)
        assert [t for t, _, _ in sent(session)][2:] == ["report.sent_back"]


def test_a_unit_is_told_what_comes_and_what_comes_back_never_why(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        cleaners = unit(session, area=tree["370283"])
        worker = accounts.staff(session, "handling_unit", organisation=cleaners)
        accounts.staff(session, "grid_lead", area=tree[AREA])
        made = reports.case(session, tree[AREA], state=State.FILED)
        row = reports.row_of(session, made)
        row = dispatch_case(session, row, actor=reports.desk(), now=NOW, unit_id=cleaners.id)
        [(template, to, facts)] = sent(session)
        assert template == "desk.dispatched"
        assert to == instance_of(session).vault.unseal(worker.sealed_phone or "")
        assert facts["place"] == tree[AREA].name_zh_hans
        assert facts["link"].endswith(f"/desk/cases/{made.number}")
        for closed in (False, True):
            reports.walk(session, made, (Event.HANDLE,), at=NOW)
            row = reports.row_of(session, made)
            if closed:
                row = close_case(
                    session, row, actor=reports.verifier(), now=LATER, means=Means.SERVICE
                )
                reopen_case(session, row, passed_on_words="没扫干净", now=LATER)
            else:
                send_back_case(
                    session,
                    row,
                    actor=reports.verifier(),
                    now=LATER,
                    reason=Reason.NOT_DONE,
                    words="没扫干净",
                )
        first, second = sent(session)[1:]
        assert first == second
        assert set(first[2]) == {"number", "category", "place", "link"}


def test_the_grid_lead_is_told_at_once(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        lead = accounts.staff(session, "grid_lead", area=tree[AREA])
        accounts.staff(session, "grid_lead", area=tree["370283002001"])
        made = reports.case(session, tree[AREA])
        tell_grid(session, reports.row_of(session, made), now=NOW)
        vault = instance_of(session).vault
        expected = [("desk.reported", vault.unseal(lead.sealed_phone or ""))]
        assert [(template, to) for template, to, _ in sent(session)] == expected


def test_a_step_that_fails_leaves_no_message(database: Database) -> None:
    with database.write() as session:
        made = reports.case(session, small_tree(session)[AREA], phone=PHONE)
        row = reports.row_of(session, made)

    def accept_and_dispatch_to_nobody() -> None:
        with database.write() as session:
            moved = take_step(session, row, Event.ACCEPT, actor=reports.desk(), now=NOW)
            assert len(sent(session)) == 1
            dispatch_case(session, moved, actor=reports.desk(), now=NOW, unit_id=None)

    with pytest.raises(Refused):
        accept_and_dispatch_to_nobody()
    with database.read() as session:
        assert sent(session) == []

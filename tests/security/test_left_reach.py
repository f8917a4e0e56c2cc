"""Somebody who has moved to another street: what she did before tells her no news of it."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from portal.accounts.models import RoleHolding
from portal.accounts.rules import Actor
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.ids import new_token
from portal.reports.jobs import forget_old
from portal.reports.models import CaseEvent, DeskBatch, DeskBatchCase
from portal.reports.queries.batches import BatchLine
from portal.reports.rules.batches import KEEP_BATCHES, UNDO_WINDOW, BatchAction
from portal.reports.rules.codes import Event, State
from portal.reports.rules.transitions import Refusal
from portal.reports.service.batches import Asked, plan_batch, undo_batch
from portal.reports.service.handling import take_step
from portal.reports.service.proposals import proposals_for
from tests.make import reports
from tests.make.rows import case_row
from tests.make.streets import COMMUNITY, LATER, WEST, WEST_COMMUNITY, OneReport
from tests.security.town import build_town


@pytest.fixture
def streets(database: Database) -> OneReport:
    return OneReport(database)


def count(streets: OneReport, model: type[Any]) -> int:
    with streets.database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_of_a_case_beyond_reach_a_batch_tells_its_number_and_nothing_of_today(
    streets: OneReport,
) -> None:
    batch = streets.act(BatchAction.ACCEPT)
    with streets.database.write() as session:
        row = case_row(session, streets.number)
        take_step(session, row, Event.FILE, actor=streets.clerk, now=LATER)
    here = streets.lines(batch, streets.clerk)[streets.number]
    assert (here.state, bool(here.category), bool(here.place)) == (State.FILED, True, True)
    for gone in (streets.moved, Actor(streets.clerk.person_id, name="x")):
        line = streets.lines(batch, gone)[streets.number]
        assert line == BatchLine(streets.number, None, {}, {}, None, None, None, None)


def test_an_undo_from_beyond_does_not_tell_whether_the_case_was_touched(streets: OneReport) -> None:
    batch = streets.act(BatchAction.ACCEPT)
    with streets.database.write() as session:
        row = case_row(session, streets.number)
        take_step(session, row, Event.FILE, actor=streets.clerk, now=LATER)
    with streets.database.write() as session:
        undo_batch(session, batch, streets.moved, now=LATER + timedelta(minutes=1))
    assert streets.lines(batch, streets.moved)[streets.number].kept == Refusal.NOT_ALLOWED


def test_why_a_unit_is_proposed_counts_nothing_beyond_one_s_reach(streets: OneReport) -> None:
    """Two handled in her street are no habit; with the five of the other one they would be."""
    for code, times in ((COMMUNITY, 2), (WEST_COMMUNITY, 5)):
        for _ in range(times):
            streets.case(State.CLOSED, area=code)
    case = streets.row(streets.number)
    asked = Asked(BatchAction.CONFIRM, [streets.number])

    def both(actor: Actor) -> list[tuple[int, int, str | None]]:
        with streets.database.read() as session:
            one = proposals_for(session, case, [], set(), [], actor, LATER).unit
            [line] = plan_batch(session, actor, asked, now=LATER).lines
        found = [one, line.proposal]
        return [(unit.times, unit.of, unit.place_path) for unit in found if unit is not None]

    assert both(reports.desk()) == [(7, 7, streets.tree["370283"].path)] * 2
    assert both(streets.clerk) == [(0, 0, None)] * 2
    # of both streets, but not of the city: the figures are hers, and no name of the city beside
    two = Actor(
        streets.clerk.person_id, name="x", grants=streets.clerk.grants | streets.moved.grants
    )
    assert both(two) == [(7, 7, None)] * 2


def test_a_batch_is_forgotten_a_month_after_it_could_be_undone(streets: OneReport) -> None:
    batch = streets.act(BatchAction.ACCEPT)
    over = LATER + UNDO_WINDOW + KEEP_BATCHES
    forget_old(streets.database, over)
    assert streets.lines(batch, streets.clerk)[streets.number].number == streets.number
    events = count(streets, CaseEvent)
    forget_old(streets.database, over + timedelta(seconds=1))
    assert (count(streets, DeskBatch), count(streets, DeskBatchCase)) == (0, 0)
    # the history of the case says it still
    assert count(streets, CaseEvent) == events


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_pages_after_a_move_show_the_number_without_a_link(
    app: Flask, database: Database
) -> None:
    town = build_town(app, database)
    client, number = town.clients["street_desk"], town.cases["fresh"]
    form = {
        "csrf_token": town.token(client),
        "idempotency_key": new_token(),
        "wish": f"{number}.1.",
    }
    query = {"action": "accept", "case": number}
    done = client.post("/desk/batches/check", query_string=query, data=form)
    url = done.headers["Location"].partition("?")[0]
    pages = ["/desk/batches/", url, f"/desk/?task=all&done={url.rpartition('/')[2]}"]
    assert [f"/desk/cases/{number}" in client.get(page).text for page in pages[:2]] == [True] * 2
    with database.write() as session:
        west = session.scalars(select(Area).where(Area.code == WEST)).one()
        session.execute(
            update(RoleHolding)
            .where(RoleHolding.person_id == town.people["street_desk"].id)
            .values(area_id=west.id)
        )
    for page in pages:
        shown = client.get(page)
        assert shown.status_code == 200
        assert number in shown.text
        assert f"/desk/cases/{number}" not in shown.text
        assert "status-" not in shown.text.split(number)[1].split("</li>")[0]
    form = {"csrf_token": town.token(client), "idempotency_key": new_token()}
    back = client.post(f"{url}/undo", data=form)
    # not to the case, which she could not open
    assert (back.status_code, back.headers["Location"].partition("?")[0]) == (303, url)
    assert client.get(url).status_code == 200

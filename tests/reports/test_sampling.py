"""Auditors draw samples that anybody can draw again, and write down once what they find."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.rules import Actor, Grant, Permission
from portal.kernel import clock
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Forbidden, Refused
from portal.kernel.ids import new_id
from portal.reports.models import AuditDraw, AuditSampled, Case
from portal.reports.queries.guard import draw_by_number, results_of, sampled_of
from portal.reports.rules.codes import Event, State
from portal.reports.rules.sampling import DrawRefusal, Finding, draw, fingerprint
from portal.reports.service.sampling import Wanted, draw_sample, record_finding
from tests.make import accounts, reports
from tests.make.areas import small_tree
from tests.make.desk import City, small_city
from tests.make.reports import NOW

DAY = date(2026, 11, 23)
LATER = NOW + timedelta(days=2)


def auditor() -> Actor:
    return Actor(person_id=new_id(), grants=frozenset({Grant(Permission.AUDIT_DRAW)}))


def closed(database: Database, count: int) -> list[str]:
    """Cases closed on the 23rd of November, and one elsewhere, one later and one still open."""
    with database.write() as session:
        tree = small_tree(session)
        place, other = tree["370283001001"], tree["370283002"]
        found = [reports.case(session, place, state=State.CLOSED).number for _ in range(count)]
        reports.case(session, other, state=State.CLOSED)
        reports.case(session, place, state=State.CLOSED, at=NOW + timedelta(days=1))
        reports.case(session, place, state=State.HANDLED)
        return found


def drawn(database: Database, **wanted: object) -> str:
    given = {"first": DAY, "last": DAY, "size": 3, "seed": "六点三点", "place": "370283001001"}
    with database.write() as session:
        return draw_sample(
            session,
            Wanted(**{**given, **wanted}),
            actor=auditor(),
            now=LATER,
        )


def sample(database: Database, number: str) -> list[str]:
    with database.read() as session:
        found = draw_by_number(session, number)
        assert found is not None
        return [row.number for row in sampled_of(session, found)]


def test_the_sample_is_the_published_order_and_the_same_for_everybody(database: Database) -> None:
    numbers = closed(database, 6)
    first = sample(database, drawn(database))
    # as the page tells it, with nothing of ours
    by_hand = sorted(
        numbers, key=lambda one: hashlib.sha256(f"六点三点:{one}".encode()).hexdigest()
    )
    assert first == by_hand[:3]
    assert sample(database, drawn(database, seed=" 六点三点 ")) == first
    assert sample(database, drawn(database, seed="another")) == draw("another", numbers, 3)
    assert len(sample(database, drawn(database, size=50))) == 6
    assert len(sample(database, drawn(database, size=50, place=""))) == 7
    with database.read() as session:
        row = session.scalars(select(AuditDraw).order_by(AuditDraw.id)).first()
        assert row is not None
        assert (row.population, row.fingerprint) == (6, fingerprint(numbers))
        assert not row.seed_drawn


def test_a_case_that_was_opened_again_stays_in_the_sample(database: Database) -> None:
    numbers = closed(database, 4)
    before = sample(database, drawn(database, size=4))
    with database.write() as session:
        case = session.scalars(select(Case).where(Case.number == numbers[0])).one()
        reports.walk(session, case, (Event.REOPEN,), at=LATER)
    assert sample(database, drawn(database, size=4)) == before


def test_a_seed_of_the_portal_is_drawn_anew_each_time_and_kept(database: Database) -> None:
    closed(database, 4)
    for _ in range(2):
        drawn(database, seed="")
    with database.read() as session:
        rows = session.scalars(select(AuditDraw)).all()
        assert len({row.seed for row in rows}) == 2
        assert all(row.seed_drawn and len(row.seed) == 32 for row in rows)


BAD: tuple[tuple[dict[str, object], DrawRefusal], ...] = (
    ({"first": None}, DrawRefusal.NO_PERIOD),
    ({"last": DAY - timedelta(days=1)}, DrawRefusal.NO_PERIOD),
    ({"first": DAY - timedelta(days=400)}, DrawRefusal.LONG_PERIOD),
    ({"last": LATER.date()}, DrawRefusal.NOT_OVER),
    ({"size": 0}, DrawRefusal.BAD_SIZE),
    ({"size": None}, DrawRefusal.BAD_SIZE),
    ({"seed": "长" * 65}, DrawRefusal.LONG_SEED),
    ({"place": "370283999"}, DrawRefusal.UNKNOWN_PLACE),
    ({"first": DAY - timedelta(days=9), "last": DAY - timedelta(days=8)}, DrawRefusal.NO_CASES),
)


def test_what_cannot_be_drawn_is_refused_with_a_reason_and_leaves_nothing(
    database: Database,
) -> None:
    closed(database, 1)
    for wanted, code in BAD:
        with pytest.raises(Refused) as refused:
            drawn(database, **wanted)
        assert refused.value.code is code
    with database.read() as session:
        assert session.scalars(select(AuditDraw)).all() == []


def test_two_draws_and_two_findings_at_once_do_not_mix(database: Database) -> None:
    closed(database, 6)
    start = Barrier(2)

    def one(seed: str) -> str:
        start.wait()
        return drawn(database, seed=seed)

    with ThreadPoolExecutor(2) as pool:
        numbers = list(pool.map(one, ("one", "two")))
    assert [len(sample(database, number)) for number in numbers] == [3, 3]
    with database.read() as session:
        found = draw_by_number(session, numbers[0])
        assert found is not None
        assert {row.seed for row in session.scalars(select(AuditDraw))} == {"one", "two"}
    case = sample(database, numbers[0])[0]

    def judge(finding: Finding) -> str:
        start.wait()
        try:
            with database.write() as session:
                record_finding(
                    session, found, case, finding, "照片不是那里", actor=auditor(), now=LATER
                )
        except Conflict:
            return "told"
        return "won"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(judge, Finding)) == ["told", "won"]
    with database.read() as session:
        results = results_of(session, found)
        assert (results.checked.part, results.checked.whole) == (1, 3)
        assert results.in_order.whole == 1
        findings = session.scalars(select(AuditSampled.finding)).all()
        assert len([one for one in findings if one is not None]) == 1


def test_nobody_but_an_auditor_draws_or_judges(database: Database) -> None:
    closed(database, 1)
    with database.write() as session, pytest.raises(Forbidden):
        draw_sample(session, Wanted(DAY, DAY, 1), actor=reports.desk(), now=LATER)


@pytest.fixture
def city(app: Flask, database: Database) -> City:
    return small_city(app, database)


def test_an_auditor_draws_reads_without_identities_and_records_on_pages(city: City) -> None:
    with city.database.write() as session:
        checker = accounts.staff(session, "auditor", name="审计")
        somebody = accounts.person(session, "李小红")
    at = clock.now() - timedelta(days=3)
    for _ in range(2):
        city.case(state=State.CLOSED, reporter=somebody, at=at, words="打13800001234找我")
    browser = city.browser(checker)
    page = browser.get("/audit/", status=200).click("Samples of closed cases", status=200)
    days = {"first": (at - timedelta(days=1)).date().isoformat(),
            "last": (at + timedelta(days=1)).date().isoformat()}  # fmt: skip
    bad = page.form(button="Draw a sample").fill(**days, size="viele", seed="x")
    assert "whole number" in bad.send(status=422).text
    page = page.form(button="Draw a sample").fill(**days, size="2", seed="").send(status=200)
    assert "drawn by the portal" in page.text
    assert "0 of 2" in page.text
    links = [a.get_text() for a in page.soup.select("main .card a")]
    case = page.click(links[0], status=200)
    assert "■■■■" in case.text
    for secret in ("13800001234", "李小红"):
        assert secret not in case.text
    bad = case.form(button="Record").fill(finding="not_in_order")
    assert "Write down" in bad.send(status=422).text
    form = case.form(button="Record").fill(finding="not_in_order", words="照片不是那里")
    page = form.send(status=200)
    assert "1 of 2" in page.text
    assert "0 of 1" in page.text
    assert "照片不是那里" in page.text
    page.click(links[1]).form(button="Record").fill(finding="in_order").send(status=200)
    assert "1 of 2" in browser.get("/audit/draws", status=200).text
    # another address of the sample, or somebody else
    browser.get("/audit/draws/7K3M9-QX2HD", status=404)
    city.browser(city.desk).get("/audit/draws", status=403)

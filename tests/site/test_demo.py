"""The demo: known accounts that work here only, a plausible past, and something to do for each."""

from collections import Counter
from collections.abc import Mapping
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credit.models import Matter, MatterStep
from credit.rules.process import MatterState
from credit.service.process import run_clocks
from credit.service.switch import deductions_on
from credit.service.verifying import verify
from portal.accounts.models import Person, RoleHolding
from portal.accounts.queries import actor_for, person_by_phone
from portal.accounts.rules import Actor
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.instance import Instance
from portal.kernel.outbox import OutboxMessage, OutboxState
from portal.kernel.photos import CleanPhoto
from portal.reports.models import Case, CaseEvent, CasePhoto, CaseReporter, CaseSearch, CaseText
from portal.reports.queries.desk import desk_counts
from portal.reports.queries.mine import my_page
from portal.reports.queries.rating import rating_standing
from portal.reports.rules.codes import Event, Review, Source, State
from portal.reports.rules.desk import Task
from portal.reports.rules.transitions import SENT_BACK, TRANSITIONS
from portal.satisfaction.models import Rating
from portal.satisfaction.rules import SubjectKind
from portal.site.demo.benefits import plant_benefits
from portal.site.demo.deductions import plant_deductions
from portal.site.demo.load import draw_pictures, load_demo
from portal.site.demo.people import PASSWORD, demo_accounts
from portal.site.demo.serving import plant_service
from portal.site.demo.words import load_words
from portal.site.packages import load_city_data
from tests.make.accounts import sign_in_as
from tests.make.rows import case_row
from tests.pages import Browser, Page
from volunteers.models import Absence, Certificate, Handover, PatrolTick, ServiceHours, SignUp
from volunteers.rules.handovers import HandoverState
from volunteers.rules.on_the_day import AbsenceState
from volunteers.rules.signing_up import SignUpState

PAIR = (CleanPhoto(b"mess", b"m", 960, 720), CleanPhoto(b"clean", b"c", 960, 720))
PICTURES = {kind: [PAIR] for kind in load_words().categories}
RESIDENTS, CASES = 30, 120


@pytest.fixture
def city(database: Database, instance: Instance) -> Database:
    """A city with a small demo."""
    with database.write() as session:
        list(load_city_data(session, instance.city, now()))
        assert load(session)
    return database


def load(session: Session) -> bool:
    return load_demo(session, PICTURES, now=now(), residents=RESIDENTS, cases=CASES)


def phone_of(role: str, at: int = 0) -> str:
    return [account.phone for account in demo_accounts() if account.role == role][at]


def demo_person(session: Session, role: str, at: int = 0) -> UUID:
    found = person_by_phone(session, f"+86{phone_of(role, at)}")
    assert found is not None
    return found.id


def demo_actor(session: Session, role: str) -> Actor:
    return actor_for(session, demo_person(session, role), now(), second_factor=True)


def sign_in(browser: Browser, phone: str) -> Page:
    page = browser.get("/sign-in/password")
    return page.form().fill(phone=phone, password=PASSWORD).send()


def test_every_planted_case_took_steps_of_the_table_and_stands_where_they_led(
    city: Database,
) -> None:
    with city.read() as session:
        cases = {case.id: case for case in session.scalars(select(Case))}
        events = session.scalars(
            select(CaseEvent).order_by(CaseEvent.case_id, CaseEvent.at, CaseEvent.id)
        ).all()
        found = set(session.scalars(select(CaseSearch.case_id)))
    assert len(cases) > CASES
    at: dict[UUID, State] = {}
    for event in events:
        if event.event is Event.REPORT:
            at[event.case_id] = event.to_state
            continue
        row = TRANSITIONS[event.event]
        assert event.from_state == at[event.case_id]
        assert event.from_state in row.sources
        assert event.to_state == (row.to or event.from_state)
        assert not row.reasons or event.reason_code in row.reasons
        assert event.at <= now()
        at[event.case_id] = event.to_state
    assert at == {case.id: case.state for case in cases.values()}
    assert found == {case.id for case in cases.values() if case.listed}
    for case in cases.values():
        assert (case.closed_at is not None) == (case.state is State.CLOSED)
        if case.state is State.CLOSED:
            assert case.verifier_id not in {case.handler_id, case.dispatcher_id}


def test_nothing_unchecked_is_shown_and_ratings_belong_to_closed_cycles(city: Database) -> None:
    with city.read() as session:
        reviews = Counter(session.scalars(select(CaseText.review)))
        shown = session.execute(
            select(CasePhoto.review, Case.state)
            .join(Case, (Case.district == CasePhoto.district) & (Case.id == CasePhoto.case_id))
            .where(Case.state == State.REPORTED)
        ).all()
        closed = select(CaseEvent.case_id, CaseEvent.cycle).where(CaseEvent.event == Event.CLOSE)
        closings = {tuple(row) for row in session.execute(closed)}
        of_cases = select(Rating).where(Rating.subject_kind == SubjectKind.CASE)
        ratings = session.scalars(of_cases).all()
        reporters = set(session.scalars(select(CaseReporter.id)))
    assert reviews[Review.APPROVED]
    assert reviews[Review.PENDING]
    assert shown
    assert all(review is Review.PENDING for review, _ in shown)
    assert len(ratings) > CASES / 3
    for rating in ratings:
        assert (rating.subject_id, rating.cycle) in closings
        assert rating.rater_key in reporters
        assert rating.created_at < rating.window_ends


def test_each_account_has_something_to_do(city: Database) -> None:
    tasks = {
        "street_desk": (Task.CHECK, Task.DISPATCH, Task.MODERATE),
        "handling_unit": (Task.HANDLE, Task.SENT_BACK),
        "verifier": (Task.VERIFY,),
        "grid_lead": (Task.RESPOND, Task.SENT_BACK),
        "community_committee": (Task.RESPOND,),
        "city_centre": (Task.CHECK, Task.DISPATCH),
    }
    with city.read() as session:
        for role, wanted in tasks.items():
            counts = desk_counts(session, demo_actor(session, role), now())
            assert all(counts[task] for task in wanted), f"{role}: {counts}"
        for at in range(2):
            rows = my_page(session, demo_person(session, "resident", at)).rows
            states = Counter(row.state for row in rows)
            assert states[State.REPORTED]
            assert states[State.REOPENED]
            assert set(states) >= SENT_BACK
            assert [number for row in rows if can_rate(session, number := row.number)]


def can_rate(session: Session, number: str) -> bool:
    case = case_row(session, number)
    reporter = session.scalar(select(CaseReporter.id).where(CaseReporter.case_id == case.id))
    assert reporter is not None
    standing = rating_standing(session, case, reporter, now())
    return standing.refusal is None and standing.mine is None


def test_a_machine_that_cannot_draw_gets_the_demo_without_pictures(
    database: Database, instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.site.demo.pictures.pyvips", None)
    with database.write() as session:
        list(load_city_data(session, instance.city, now()))
        pictures = draw_pictures()
        assert load_demo(session, pictures, now=now(), residents=RESIDENTS, cases=20)
    with database.read() as session:
        assert (session.scalar(select(func.count()).select_from(Case)) or 0) > 20
        assert not session.scalar(select(func.count()).select_from(CasePhoto))


def test_a_second_demo_changes_nothing(city: Database) -> None:
    def counted() -> list[int]:
        with city.read() as session:
            return [
                session.scalar(select(func.count()).select_from(table)) or 0
                for table in (Person, RoleHolding, Case, CaseEvent, Rating)
            ]

    before = counted()
    with city.write() as session:
        assert not load(session)
    assert counted() == before


def test_the_accounts_open_here_and_nowhere_else(city: Database, app: Flask) -> None:
    page = sign_in(Browser(app), phone_of("handling_unit"))
    assert page.status == 200
    desk = page.browser.get("/desk/", status=200)
    assert desk.soup.select("main a[href^='/desk/cases/']"), "the unit's queue is empty"
    far = Browser(app)
    far.client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    assert sign_in(far, phone_of("resident")).status == 422
    assert far.get("/me").path.startswith("/sign-in")


def test_the_desk_and_the_unit_can_act(city: Database, app: Flask) -> None:
    """A case sent back is handled again by the unit's own account."""
    browser = Browser(app)
    with city.read() as session:
        person = session.get_one(Person, demo_person(session, "street_desk"))
    sign_in_as(browser, person)
    queue = browser.get("/desk/?task=check", status=200)
    link = queue.soup.select_one("main a[href^='/desk/cases/']")
    assert link is not None
    number = urlsplit(str(link["href"])).path.rsplit("/", 1)[1]
    page = browser.get(str(link["href"]), status=200)
    step = page.soup.select_one("main form[action*='/accept']")
    assert step is not None, page.text
    accepted = page.browser.get(f"/desk/cases/{number}/accept", status=200).form().send()
    assert accepted.status == 200
    with city.read() as session:
        case = case_row(session, number)
    assert case.state is State.ACCEPTED


def test_a_deduction_stands_at_each_stage_and_the_ledger_verifies(
    city: Database, app: Flask
) -> None:
    at = now()
    plant_deductions(city, PICTURES, at)
    plant_benefits(city, at)
    # its clocks are those of a city at work: nothing is overdue on the day on which it is loaded
    assert run_clocks(city, at) == 0
    assert verify(city, now=at).problems == []
    with city.read() as session:
        rows = session.scalars(select(Matter)).all()
        steps = session.scalars(select(MatterStep.at)).all()
        waiting = (
            select(func.count())
            .select_from(OutboxMessage)
            .where(
                OutboxMessage.subject.startswith("matter:"),
                OutboxMessage.state == OutboxState.WAITING,
            )
        )
        assert session.scalar(waiting) == 0
        assert deductions_on(session, rows[0].district, at)
    assert sorted(row.state for row in rows) == [
        "announced", "disputed", "repaired", "voided", "waiting"
    ]  # fmt: skip
    assert all(row.proposer_id != row.confirmer_id for row in rows)
    assert max(steps) < at
    _has_deductions_to_show(app, {row.state: row.number for row in rows})


def test_the_service_of_volunteers_lives_in_all_its_states(city: Database, app: Flask) -> None:
    at = now()
    plant_service(city, at)
    with city.read() as session:
        seats = set(session.scalars(select(SignUp.state)))
        absences = session.scalars(select(Absence.state)).all()
        hours = session.execute(select(ServiceHours.told_at, ServiceHours.voided_at)).all()
        ticks = session.scalar(select(func.count()).select_from(PatrolTick))
        cases = session.scalars(select(Case).where(Case.source == Source.VOLUNTEER_PATROL)).all()
        certified = session.scalars(select(Certificate.minutes)).all()
        offers = session.scalars(select(Handover.state)).all()
    assert seats == {SignUpState.TAKEN, SignUpState.WAITING}
    assert absences == [AbsenceState.REPLIED]
    assert any(row.told_at for row in hours)
    assert any(row.told_at is None for row in hours)
    assert sum(row.voided_at is not None for row in hours) == 1
    assert (ticks, len(cases), certified, offers) == (4, 1, [240], [HandoverState.OFFERED])
    resident, organiser = Browser(app).in_language("en"), Browser(app).in_language("en")
    sign_in(resident, phone_of("resident"))
    sign_in(organiser, phone_of("volunteer_organiser"))
    mine = resident.get("/volunteers/mine", status=200)
    assert "Somebody would like to swap a shift with you." in mine.text
    assert "4 h" in resident.get("/volunteers/hours", status=200).text
    absent = organiser.get("/desk/volunteers/absences", status=200)
    assert "the organiser answers" in absent.text


def _has_deductions_to_show(app: Flask, numbers: Mapping[MatterState, str]) -> None:
    """At the desk for those who propose, confirm and review; and for the residents concerned."""
    s = MatterState
    shown = {
        ("street_desk", 0, "/desk/deductions/"): {s.WAITING, s.ANNOUNCED, s.DISPUTED},
        ("city_centre", 0, "/desk/deductions/"): {s.WAITING},
        ("credit_reviewer", 0, "/desk/deductions/"): {s.DISPUTED},
        ("resident", 0, "/credit/matters/"): {s.ANNOUNCED, s.REPAIRED, s.VOIDED},
        ("resident", 1, "/credit/matters/"): {s.DISPUTED},
    }
    for (role, at, path), states in shown.items():
        page = sign_in(Browser(app), phone_of(role, at)).browser.get(path, status=200)
        found = {state for state, number in numbers.items() if number in page.html}
        assert found >= states, (role, path, found)
    public = Browser(app).get("/credit/deductions", status=200)
    assert any("assessment.pdf" in link for link in public.links())


@pytest.mark.long
def test_the_demo_in_its_full_size_loads_on_both_engines(
    database: Database, instance: Instance
) -> None:
    with database.write() as session:
        list(load_city_data(session, instance.city, now()))
        assert load_demo(session, PICTURES, now=now())
    with database.read() as session:
        people = session.scalar(select(func.count()).select_from(Person)) or 0
        ratings = session.scalar(select(func.count()).select_from(Rating)) or 0
    assert people > 3000
    assert 5000 < ratings < 8000

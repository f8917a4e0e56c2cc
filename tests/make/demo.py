"""The demo city in small, with a case in every state for the demo's people to work on."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.areas.models import Area
from portal.kernel.blobs import BlobStore
from portal.kernel.city import load_city
from portal.kernel.clock import now
from portal.kernel.config import DEFAULT_CITY, Config
from portal.kernel.db import Database
from portal.kernel.instance import Instance, instance_of, open_for
from portal.kernel.outbox import cancel_messages
from portal.kernel.photos import clean_photo, cover_photo
from portal.kernel.vault import Vault
from portal.organisations.models import Organisation
from portal.reports.jobs import close_months
from portal.reports.models import (
    Case,
    CaseCoUnit,
    CaseDispute,
    CasePart,
    CasePassEntry,
    CasePhoto,
    GridEntry,
    ImportRun,
    PersonalExport,
)
from portal.reports.queries.case import reporters_of, texts_of
from portal.reports.queries.digest import digest_days
from portal.reports.queries.following import follows_of_person
from portal.reports.queries.guard import draw_by_number, sampled_of
from portal.reports.queries.passes import pass_by_code
from portal.reports.queries.routing import allowances, responsibilities
from portal.reports.rules.batches import BatchAction, Wish
from portal.reports.rules.codes import PhotoKind, Review, State
from portal.reports.rules.following import FollowWay, Subject
from portal.reports.rules.passes import EntryKind, EntryState
from portal.reports.rules.reasons import Reason
from portal.reports.rules.sampling import Finding
from portal.reports.service.batches import do_batch
from portal.reports.service.clockwork import ask_reporter, suspend_case
from portal.reports.service.moderation import about_text, moderate_case
from portal.reports.service.objections import object_to_decision
from portal.reports.service.outside import HandOver, hand_over_case
from portal.reports.service.passes import (
    ForwardWish,
    HelperWish,
    forward_case,
    let_in_helper,
)
from portal.reports.service.rating import Verdict, rate_outcome
from portal.reports.service.replies import ReplyWish, add_reply, keeper_of
from portal.reports.service.sampling import Wanted, draw_sample, record_finding
from portal.reports.service.supervision import list_case
from portal.satisfaction.queries.releases import releases
from portal.satisfaction.rules import SubjectKind
from portal.site.app import create_app
from portal.site.demo.benefits import plant_benefits
from portal.site.demo.ledger import plant_ledger
from portal.site.demo.load import draw_pictures, load_demo
from portal.site.demo.people import demo_accounts, demo_places, units_by_category
from portal.site.packages import load_city_data
from tests.make import (
    accounts,
    deduction_pages,
    following,
    guard,
    honours,
    notices,
    ratings,
    reports,
)
from tests.make.areas import permitted_place
from tests.make.benefit_pages import benefit_things
from tests.make.companies import company_things
from tests.make.doors import through_doors
from tests.make.ledger_pages import asked_about, award_of
from tests.make.orders import orders_without_a_map
from tests.make.photos import jpeg
from tests.make.service_things import service_things

TEST_KEY = "test-key-" + "0" * 40  # made up; no installation has it
PLACE = "370283001001"
GRID = f"{PLACE}G01"


@dataclass
class Demo:
    """The portal with its demo. ``things`` are numbers and codes that addresses are made with."""

    app: Flask
    database: Database
    origin: str
    people: dict[str, Person] = field(default_factory=dict)
    things: dict[str, str] = field(default_factory=dict)


@contextmanager
def small_demo(folder: Path, template: Path, origin: str = "http://localhost") -> Iterator[Demo]:
    """The shipped city with thirty residents and their cases, from a migrated database."""

    def load(demo: Demo) -> None:
        pictures = draw_pictures(looks=1)
        with demo.database.write() as session:
            load_demo(session, pictures, now=now(), residents=30, cases=120)
        plant_benefits(demo.database, now())
        close_months(demo.database, now())
        plant_ledger(demo.database, now)
        demo.app.config["DEMO"] = True
        with demo.database.write() as session:
            _people(session, demo)
            _things(session, demo)
        demo.things |= deduction_pages.plant(demo.database, demo.people)

    with bare_city(folder, template, origin) as demo:
        load(demo)
        yield demo


@contextmanager
def bare_city(folder: Path, template: Path, origin: str = "http://localhost") -> Iterator[Demo]:
    """The shipped city on its first day: places, units and kinds of problems, and nobody in it."""
    shutil.copy(template, folder / "demo.db")
    config = Config(
        instance=folder,
        database_url=f"sqlite:///{folder}/demo.db",
        secret_key=TEST_KEY,
        blobs=str(folder / "blobs"),
        outbox=folder / "outbox",
        origin=origin,
    )
    vault, blobs = Vault(config.secret_key), BlobStore(config.blobs)
    instance = Instance(config, load_city(DEFAULT_CITY), vault, blobs)
    database = open_for(instance)
    with database.write() as session:
        list(load_city_data(session, instance.city, now()))
    yield Demo(create_app(instance, database), database, origin, things={"place": PLACE})
    database.dispose()


def _people(session: Session, demo: Demo) -> None:
    """Who plays which part; of several the first."""
    vault = instance_of(session).vault
    for account in demo_accounts():
        hashed = vault.keyed_hash("phone", f"+86{account.phone}")
        found = session.scalars(select(Person).where(Person.phone_hash == hashed)).one()
        demo.people.setdefault(account.role, found)


def _things(session: Session, demo: Demo) -> None:
    place = session.scalars(select(Area).where(Area.code == PLACE)).one()
    unit_id = units_by_category(session, demo_places(session)["city"], now())["litter"]
    unit = session.get_one(Organisation, unit_id)
    demo.things |= {state.name.lower(): _case(session, demo, unit, state).number for state in State}
    rated, doors = _rated(session, demo, unit), through_doors(session, demo.people)
    shown = _with_photos(session)
    demo.things |= {
        **_clocks(session, demo, place, unit) | doors,
        "rated": rated,
        "shown": shown,
        "notice": notices.taken_down(session, PLACE, now=now()),
        "permitted": permitted_place(session, place), "batch": _batch(session, demo, place),
        "supported": _supported(session, place, unit),
        **_photographed(session, _case(session, demo, unit, State.ACCEPTED)),
        **_sample(session, demo),
        **_handed(session),
        **_shared(session),
        **_followed(session, demo, place),
        **_links(session, demo, place, unit),
        **_standing(session, unit),
        **company_things(session),
        **honours.honour_things(session, demo.people, PLACE),
        **benefit_things(session, demo.people),
        **guard.planted(session, demo.people, PLACE[:6], now()),
        **service_things(session, demo.people, place),
        "award": award_of(session, demo.people["resident"].id),
        "asked_correction": asked_about(session, demo.people["resident"].id),
        **{role: person.number for role, person in demo.people.items()},
    }  # fmt: skip


def _case(session: Session, demo: Demo, unit: Organisation, state: State) -> Case:
    """A resident's case; behind the demo's own newest ones, which pages should look like."""
    place = session.scalars(select(Area).where(Area.code == PLACE)).one()
    made = reports.case(
        session, place, state=state, unit=unit, reporter=demo.people["resident"],
        at=now() - timedelta(days=9), listed=True,
    )  # fmt: skip
    made.lon, made.lat = place.lon, place.lat
    return made


def _rated(session: Session, demo: Demo, unit: Organisation) -> str:
    """A closed case whose reporter is happy."""
    made = _case(session, demo, unit, State.CLOSED)
    # the rating looks for the reporter
    session.flush()
    row = reports.row_of(session, made)
    rate_outcome(session, row, reporters_of(session, row)[0], Verdict(ratings.HAPPY), now=now())
    return made.number


def _standing(session: Session, unit: Organisation) -> dict[str, str]:
    """What stands in the shipped city and its demo, whatever the tests add."""
    return {
        "place": PLACE,
        "street": PLACE[:9],
        "unit": unit.code,
        "month": next(row.slug for row in releases(session) if row.kind is SubjectKind.CASE),
        "row": responsibilities(session)[0].code,
        "admission": allowances(session)[0].code,
        "digest": digest_days(session, None)[0].isoformat(),
        "grid": GRID,
        "entry": session.scalars(select(GridEntry.code).order_by(GridEntry.id)).first() or "",
    }


def _handed(session: Session) -> dict[str, str]:
    """A file of work orders, one that no map fits, a saved map, and a wish for personal data."""
    run = session.scalars(select(ImportRun)).one()
    return {
        "run": run.number,
        **orders_without_a_map(session, run.handed_by),
        "wish": session.scalars(select(PersonalExport.number)).one(),
    }


def _clocks(session: Session, demo: Demo, place: Area, unit: Organisation) -> dict[str, str]:
    """A case in time, one that waits for its reporter, and one that is suspended."""
    desk = accounts.actor(session, demo.people["street_desk"])

    def case() -> Case:
        return reports.case(
            session, place, state=State.DISPATCHED, unit=unit, reporter=demo.people["resident"],
            at=now() - timedelta(hours=7), listed=True, category_code="road_damage",
        )  # fmt: skip

    fresh, asked, suspended = case(), case(), case()
    by: dict[str, Any] = {"actor": desk, "now": now() - timedelta(hours=1)}
    ask_reporter(session, reports.row_of(session, asked), words="请问是在几号楼附近？", **by)
    suspend_case(
        session, reports.row_of(session, suspended), words=None, reason=Reason.WORKS,
        until=now().date() + timedelta(days=9), **by,
    )  # fmt: skip
    made = {"fresh": fresh, "asked": asked, "suspended": suspended}
    for one in made.values():
        cancel_messages(session, f"case:{one.number}")
    return {"calendar": "office", **{name: case.number for name, case in made.items()}}


def _supported(session: Session, place: Area, unit: Organisation) -> str:
    """A case that another unit leads and this one supports."""
    lead = session.scalars(select(Organisation).where(Organisation.code == "PD-YL")).one()
    made = reports.case(session, place, state=State.DISPATCHED, unit=lead)
    session.add(
        CaseCoUnit(district=made.district, case_id=made.id, unit_id=unit.id, added_at=now())
    )
    return made.number


def _with_photos(session: Session) -> str:
    """A settled case of the demo with its pictures before and after."""
    found = select(Case.number).where(Case.state == State.CLOSED, Case.listed)
    for kind in (PhotoKind.BEFORE, PhotoKind.AFTER):
        photos = (CasePhoto.kind == kind, CasePhoto.review == Review.APPROVED)
        found = found.where(Case.id.in_(select(CasePhoto.case_id).where(*photos)))
    return session.scalars(found.order_by(Case.found_at.desc()).limit(1)).one()


def _listing(session: Session, place: Area) -> str:
    """A matter of the accounts' community that is under listed supervision."""
    made = reports.case(
        session, place, state=State.DISPATCHED, at=now() - timedelta(days=9), listed=True
    )
    seen, why = reports.row_of(session, made), "催办三次"
    return list_case(session, seen, actor=reports.supervisor(), now=now(), reason=why)


def _followed(session: Session, demo: Demo, place: Area) -> dict[str, str]:
    """What is followed (a matter by the resident, a street by a telephone), or supervised."""
    made = reports.case(
        session, place, state=State.ACCEPTED, listed=True, at=now() - timedelta(days=9)
    )
    resident, at = demo.people["resident"], now() - timedelta(days=5)
    following.own(session, resident, following.of_case(made), FollowWay.SMS, at=at)
    street = Subject(area=PLACE[:9])
    followed = follows_of_person(session, resident.id)
    return {
        "listing": _listing(session, place),
        "liked": made.number,
        "followed": next(row.number for row in followed if row.case_number == made.number),
        "follower": following.confirmed(session, street, at=at),
        "unconfirmed": following.pending(session, Subject(category="litter"), at=now()),
    }


def _links(session: Session, demo: Demo, place: Area, unit: Organisation) -> dict[str, str]:
    """A helper's link with something that waits, an authority's link, and prepared words."""
    worker = accounts.actor(session, demo.people["handling_unit"])
    made = reports.case(session, place, state=State.DISPATCHED, unit=unit)
    row, clerk = reports.row_of(session, made), reports.desk()
    helper = let_in_helper(session, row, HelperWish(24), actor=worker, now=now())
    # what came refers to it
    session.flush()
    link = pass_by_code(session, helper.code)
    assert link is not None
    came = CasePassEntry(
        district=link.district, pass_id=link.id, case_id=link.case_id, kind=EntryKind.DONE,
        words="已清运", state=EntryState.WAITING, cycle=1, at=now(),
    )  # fmt: skip
    session.add(came)
    gone = reports.row_of(session, reports.case(session, place, state=State.ACCEPTED))
    moved = hand_over_case(session, gone, actor=clerk, now=now(), to=HandOver("market"))
    # the link looks for the record of the hand-over
    session.flush()
    outside = forward_case(session, moved, ForwardWish(), actor=clerk, now=now())
    desk = accounts.actor(session, demo.people["street_desk"])
    wish = ReplyWish("请补充", "请问在几号楼？", "ask", "zh_Hans", place_path=place.path)
    # the code is made with the row
    session.flush()
    return {
        "helper_link": helper.token,
        "outside_link": outside.token,
        "came": came.code,
        "forwarded": moved.number,
        "reply": add_reply(session, keeper_of(desk), wish, now=now()),
    }


def _batch(session: Session, demo: Demo, place: Area) -> str:
    """Something the street desk did to several cases at once."""
    desk = accounts.actor(session, demo.people["street_desk"])
    cases = [reports.case(session, place, at=now() - timedelta(hours=2)) for _ in range(2)]
    wishes = [Wish(case.number, case.version) for case in cases]
    return do_batch(session, desk, BatchAction.ACCEPT, wishes, now=now())


def _photographed(session: Session, made: Case) -> dict[str, str]:
    """A case whose photo is covered in part and whose words are masked, with an objection."""
    clean = clean_photo(jpeg(), instance_of(session).city.zone)
    blobs = instance_of(session).blobs
    key, copy = blobs.put(clean.picture, "jpg"), cover_photo(clean.picture, [(0, 0, 250, 333)])
    photo = reports.photo(session, made, review=Review.APPROVED, blob_key=key)
    photo.public_key, photo.covers = blobs.put(copy.picture, "jpg"), "0,0,250,333"
    desk = reports.desk()
    row = reports.row_of(session, made)
    text = next(text for text in texts_of(session, row) if text.by_reporter)
    decision = about_text(text.id, show=True, public_text="垃圾堆了■")
    moderate_case(session, row, [decision], actor=desk, now=now() - timedelta(days=1))
    reporter = reporters_of(session, row)[0]
    object_to_decision(session, row, reporter, "三天很重要", now=now() - timedelta(hours=1))
    return {"photographed": made.number, "photo": photo.code}


def _shared(session: Session) -> dict[str, str]:
    """What the demo itself shares among units, and what its units dispute."""
    part = session.scalars(select(CasePart).order_by(CasePart.case_id)).first()
    dispute = session.scalars(select(CaseDispute)).one()
    assert part is not None
    unmet = reports.case(session, session.scalars(select(Area).where(Area.code == PLACE)).one())
    unmet.state, unmet.times_returned = State.FILED, 2
    return {
        "unmet": unmet.number,
    } | {
        name: session.get_one(Case, (part.district, key)).number
        for name, key in (
            ("whole", part.whole_id),
            ("part", part.case_id),
            ("disputed", dispute.case_id),
        )
    }


def _sample(session: Session, demo: Demo) -> dict[str, str]:
    """What the auditor drew of the month before last."""
    auditor = accounts.actor(session, demo.people["auditor"])
    today = now().date()
    wanted = Wanted(today - timedelta(days=60), today - timedelta(days=1), 5, "六点三点")
    number = draw_sample(session, wanted, actor=auditor, now=now())
    found = draw_by_number(session, number)
    assert found is not None
    first, second = sampled_of(session, found)[:2]
    finding = Finding.NOT_IN_ORDER
    record_finding(session, found, second.number, finding, "照片不是那里", actor=auditor, now=now())
    return {"draw": number, "sampled": first.number}

"""Law P2 for reports: everything kept about a person is handed out, and forgotten, everywhere."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.service import erase_person, export_person, personal_fields
from portal.areas.models import Area
from portal.kernel.blobs import BlobStore
from portal.kernel.clock import now as present
from portal.kernel.db import Base, Database
from portal.kernel.ids import new_token
from portal.kernel.instance import Instance, instance_of
from portal.kernel.outbox import OutboxMessage, OutboxState
from portal.reports.models import (
    Case,
    CaseEvent,
    CaseLink,
    CasePhoto,
    CaseReporter,
    CaseText,
    Draft,
)
from portal.reports.queries.case import reporters_of
from portal.reports.queries.links import link_target
from portal.reports.queries.public import kinds, public_page
from portal.reports.rules.codes import LinkPurpose, PhotoKind, Precision, Review, State
from portal.reports.rules.listing import Filters
from portal.reports.rules.personal import PSEUDONYM
from portal.reports.service.links import mint_link
from portal.reports.service.personal import ReportsOfAPerson
from portal.reports.service.search import index_case
from tests.make import accounts
from tests.make import reports as make
from tests.make.areas import small_tree

WORDS, NAME, PHONE = "我家楼下的路灯坏了", "李小红", "+8613800001277"


class Scene:
    """A person with a report that holds everything a report can hold, and somebody else's."""

    def __init__(self, session: Session, blobs: BlobStore) -> None:
        self.tree = small_tree(session)
        self.person = accounts.person(session, NAME, PHONE)
        make.category(session, "noise", precision=Precision.COMMUNITY)
        place = self.tree["370283001001"]
        self.case = _report(session, place, self.person, "noise")
        self.anonymous = make.reported(session, place, words="没有登录时说的话")
        self.receipt = make.reporter(session, self.anonymous, phone=PHONE, name=NAME)
        self.other = _report(session, place, accounts.person(session), "litter")
        self.keys = [blobs.put(text, "jpg") for text in (b"mine", b"mine, small", b"another's")]
        mine = make.photo(session, self.case, review=Review.APPROVED, blob_key=self.keys[0])
        mine.thumbnail_key = self.keys[1]
        make.photo(session, self.other, review=Review.APPROVED, blob_key=self.keys[2])
        make.photo(session, self.case, kind=PhotoKind.AFTER, blob_key=self.keys[2])
        reporter = reporters_of(session, make.row_of(session, self.case))[0]
        link = mint_link(session, reporter, LinkPurpose.FOLLOW, now=make.NOW)
        self.token = link.rpartition("/")[2]
        sealed = instance_of(session).vault.seal(json.dumps({"words": "noch nicht"}))
        session.add(
            Draft(
                token_hash=new_token(),
                person_id=self.person.id,
                sealed_answers=sealed,
                created_at=make.NOW,
                updated_at=make.NOW,
                expires_at=make.NOW + timedelta(days=7),
            )
        )
        for case in (self.case, self.other):
            index_case(session, case)


def _report(session: Session, place: Area, person: Person, category: str) -> Case:
    case = make.case(
        session, place, reporter=person, words=None, listed=True, category_code=category
    )
    make.text(session, case, WORDS, review=Review.APPROVED)
    return case


@pytest.fixture
def blobs(instance: Instance) -> BlobStore:
    return BlobStore(instance.config.blobs)


@pytest.fixture
def scene(database: Database, blobs: BlobStore) -> Scene:
    with database.write() as session:
        return Scene(session, blobs)


def hits(session: Session) -> int:
    filters = Filters(phrases=("路灯",))
    return len(public_page(session, filters, kinds(session)).rows)


def test_P2_the_export_holds_everything_a_person_left_in_reports(
    database: Database, scene: Scene
) -> None:
    with database.read() as session:
        records = export_person(session, scene.person.id, now=present())["records"]
    told = json.dumps(records, ensure_ascii=False)
    for words in (WORDS, "没有登录时说的话", NAME, PHONE, "noch nicht", scene.case.number):
        assert words in told, words
    assert {row["number"] for row in records["case_reporter"]} == {
        scene.case.number,
        scene.anonymous.number,
    }
    assert len(records["case_photo"]) == 1
    assert scene.other.number not in told


def test_P2_erasure_forgets_words_photos_names_links_drafts_and_the_search(
    database: Database, scene: Scene, blobs: BlobStore
) -> None:
    with database.write() as session:
        events = session.scalar(select(func.count()).select_from(CaseEvent))
        assert hits(session) == 2
        erase_person(session, None, scene.person.id, now=present())
    with database.read() as session:
        assert hits(session) == 1
        hers = session.scalars(
            select(CaseText.text).where(CaseText.case_id.in_([scene.case.id, scene.anonymous.id]))
        )
        assert set(hers) == {""}
        assert session.scalar(select(func.count()).select_from(Draft)) == 0
        assert session.scalar(select(func.count()).select_from(CaseLink)) == 0
        assert link_target(session, scene.token, present()) is None
        kinds_left = session.scalars(
            select(CasePhoto.kind).where(CasePhoto.case_id == scene.case.id)
        )
        assert list(kinds_left) == [PhotoKind.AFTER]
        # a coarse place means that the point was somebody's home
        point = session.execute(select(Case.lon, Case.lat).where(Case.id == scene.case.id)).one()
        assert tuple(point) == (None, None)
        assert session.scalar(select(func.count()).select_from(CaseEvent)) == events
        for row in session.execute(select(*Base.metadata.tables["case_reporter"].c)).mappings():
            if row["case_id"] != scene.other.id:
                assert row["erased_at"] is not None
                assert not any(
                    row[name] for name in ("person_id", "sealed_name", "sealed_phone", "phone_hash")
                )
    for key, gone in zip(scene.keys, (True, True, False), strict=True):
        assert _is_gone(blobs, key) is gone


def _is_gone(blobs: BlobStore, key: str) -> bool:
    try:
        blobs.open(key)
    except KeyError:
        return True
    return False


def test_P2_anothers_report_is_left_alone(database: Database, scene: Scene) -> None:
    with database.write() as session:
        erase_person(session, None, scene.person.id, now=present())
    with database.read() as session:
        texts = session.scalars(select(CaseText.text).where(CaseText.case_id == scene.other.id))
        assert list(texts) == [WORDS]


def test_P2_waiting_messages_to_the_erased_are_withdrawn(database: Database, scene: Scene) -> None:
    with database.write() as session:
        case = session.get_one(Case, (scene.anonymous.district, scene.anonymous.id))
        row = make.walk(session, case, make.WALKS[State.ACCEPTED])
        assert row.state is State.ACCEPTED
    with database.write() as session:
        erase_person(session, None, scene.person.id, now=present())
    with database.read() as session:
        left = session.scalars(
            select(OutboxMessage.sealed_to).where(
                OutboxMessage.subject == f"case:{scene.anonymous.number}",
                OutboxMessage.state == OutboxState.WAITING,
            )
        )
        assert list(left) == []


def test_N1_the_pseudonym_outlives_the_name_for_a_while(database: Database, scene: Scene) -> None:
    with database.write() as session:
        reporter = session.get_one(CaseReporter, (scene.receipt.district, scene.receipt.id))
        reporter.pseudonym = "p" * 64
        session.flush()
        erase_person(session, None, scene.person.id, now=present())
    provider = ReportsOfAPerson()
    for later, kept in ((PSEUDONYM - timedelta(days=1), True), (PSEUDONYM * 2, False)):
        with database.write() as session:
            provider.expire(session, present() + later)
            left = session.scalar(
                select(CaseReporter.pseudonym).where(CaseReporter.pseudonym != "")
            )
            assert (left is not None) is kept


def test_P1_every_personal_column_of_reports_is_in_the_table(database: Database) -> None:
    told = {(field.table, field.column) for field in personal_fields()}
    for name in ("case_reporter", "case_link", "draft"):
        for column in Base.metadata.tables[name].c:
            if column.name.startswith("sealed_") or column.name.endswith("_hash"):
                own = column.name != "token_hash" or name != "draft"
                assert (name, column.name) in told or not own, f"{name}.{column.name}"

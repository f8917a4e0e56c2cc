"""Who reported is forgotten some months after the end, to the second, everywhere; never before."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.cli import privacy
from portal.accounts.models import Person
from portal.accounts.service import forget_in_time, personal_fields
from portal.kernel import clock
from portal.kernel.audit import AuditEntry, note_action
from portal.kernel.city import load_city
from portal.kernel.config import DEFAULT_CITY, BadSetting, Config
from portal.kernel.db import Base, Database
from portal.kernel.delivery import Letter
from portal.kernel.delivery_couriers import FileCourier
from portal.kernel.ids import new_id
from portal.kernel.instance import Instance, instance_of
from portal.kernel.outbox import Channel, OutboxMessage, post_message
from portal.kernel.tokens import fold
from portal.reports.models import (
    Case,
    CaseLink,
    CasePhoto,
    CaseReporter,
    CaseSearch,
    CaseText,
    CaseUrge,
    Draft,
    ModerationAppeal,
    ModerationEntry,
)
from portal.reports.queries.case import reporters_of
from portal.reports.rules.codes import Event, LinkPurpose, Precision, Review, State
from portal.reports.rules.guarding import Act
from portal.reports.rules.retention import SETTING, is_over, months_from, months_later
from portal.reports.service.links import mint_link
from portal.reports.service.retention import due_identities, protection
from portal.reports.service.search import index_case
from portal.site.jobs import forget_old
from portal.site.wsgi import open_instance
from tests.make import accounts, reports
from tests.make.areas import small_tree
from tests.make.reports import NOW

SHANGHAI, URUMQI = ZoneInfo("Asia/Shanghai"), ZoneInfo("Asia/Urumqi")
SECRET, PHONE, NAME = "我住三单元五零二", "+8613800001299", "李小红"
SECOND = timedelta(seconds=1)
# WALKS closes five hours after NOW: 2026-11-23 15:00 in Shanghai; the shipped city keeps a year
CLOSED_AT = NOW + timedelta(hours=5)
OVER_AT = datetime(2027, 11, 23, 15, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("begin", "months", "end"),
    [
        ("2026-08-31T10:00:00", 6, "2027-02-28T10:00:00"),
        ("2027-08-31T10:00:00", 6, "2028-02-29T10:00:00"),
        ("2026-12-31T23:59:59", 12, "2027-12-31T23:59:59"),
        ("2026-05-31T00:00:00", 7, "2026-12-31T00:00:00"),
        ("2028-02-29T08:00:00", 12, "2029-02-28T08:00:00"),
        ("2026-12-01T00:00:00", -7, "2026-05-01T00:00:00"),
    ],
)
def test_months_are_counted_on_the_citys_calendar(begin: str, months: int, end: str) -> None:
    start = datetime.fromisoformat(begin).replace(tzinfo=SHANGHAI)
    due = datetime.fromisoformat(end).replace(tzinfo=SHANGHAI)
    assert months_later(start.astimezone(UTC), months, SHANGHAI) == due
    if months > 0:
        assert is_over(start, due, months, SHANGHAI)
        assert not is_over(start, due - SECOND, months, SHANGHAI)


def test_the_day_is_that_of_the_city_and_not_of_the_server() -> None:
    # in Shanghai it is the 31st already, in UTC and in Urumqi still the 30th
    moment = datetime(2026, 8, 30, 17, 0, tzinfo=UTC)
    assert months_later(moment, 6, SHANGHAI) == datetime(2027, 2, 27, 17, 0, tzinfo=UTC)
    assert months_later(moment, 1, SHANGHAI) == datetime(2026, 9, 29, 17, 0, tzinfo=UTC)
    assert months_later(moment, 1, URUMQI) == datetime(2026, 9, 30, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize("value", ["6", "-1", "61", '"viele"', "true", "7.5"])
def test_a_city_that_forgets_too_early_does_not_start(
    value: str, config: Config, tmp_path: Path
) -> None:
    text = DEFAULT_CITY.read_text("utf-8").replace(f"{SETTING} = 12", f"{SETTING} = {value}")
    path = tmp_path / "city.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(BadSetting, match=f"{SETTING}.*whole number from 7"):
        open_instance(replace(config, city=path))
    path.write_text(text.replace(f"{SETTING} = {value}", f"{SETTING} = 7"), "utf-8")
    assert months_from(open_instance(replace(config, city=path)).city.thresholds) == 7
    assert months_from(load_city(DEFAULT_CITY).thresholds) == 12


class Scene:
    """A closed matter with everything that can lead to its reporter, and a neighbour's."""

    def __init__(self, session: Session) -> None:
        tree = small_tree(session)
        place = tree["370283001001"]
        reports.category(session, "lamp", precision=Precision.ROAD)
        self.person = accounts.person(session, NAME, PHONE)
        made = reports.case(
            session, place, state=State.CLOSED, reporter=self.person, category_code="lamp",
            words=None, listed=True,
        )  # fmt: skip
        self.case, self.number = made.id, made.number
        self.blobs = instance_of(session).blobs
        self._fill(session, made)
        other = reports.case(session, place, state=State.DISPATCHED, reporter=self.person)
        self.open_number = other.number

    def _fill(self, session: Session, made: Case) -> None:
        shown = reports.text(session, made, f"路灯坏了，{SECRET}", review=Review.APPROVED)
        shown.public_text = "路灯坏了，■"
        kept = reports.text(session, made, "打我电话", review=Review.PENDING)
        kept.review = Review.WITHHELD
        self.keys = [self.blobs.put(name, "jpg") for name in (b"beneath", b"covered", b"withheld")]
        covered = reports.photo(session, made, review=Review.APPROVED, blob_key=self.keys[0])
        covered.public_key, covered.covers = self.keys[1], "0,0,9,9"
        reports.photo(session, made, review=Review.WITHHELD, blob_key=self.keys[2])
        row = session.scalars(select(CaseReporter).where(CaseReporter.case_id == made.id)).one()
        vault = instance_of(session).vault
        row.sealed_name, row.sealed_phone = vault.seal(NAME), vault.seal(PHONE)
        row.phone_hash, row.pseudonym = vault.keyed_hash("phone", PHONE), "p" * 64
        self.hashes = (row.lookup_hash, row.token_hash)
        behind = reporters_of(session, reports.row_of(session, made))[0]
        mint_link(session, behind, LinkPurpose.FOLLOW, now=NOW)
        key = {"district": made.district, "case_id": made.id}
        session.add_all(
            [
                CaseUrge(district=made.district, reporter_id=row.id, day=NOW.date()),
                ModerationEntry(
                    **key, item_id=shown.id, at=NOW, act=Act.MASKED, before=SECRET, after="路灯",
                    reason="看到门牌", by_reporter=True,
                ),
                ModerationAppeal(**key, reporter_id=row.id, at=NOW, words=SECRET),
                Draft(
                    token_hash="d" * 64, person_id=self.person.id, submitted_number=made.number,
                    sealed_answers=vault.seal(SECRET), created_at=NOW, updated_at=NOW,
                    expires_at=NOW,
                ),
            ]
        )  # fmt: skip
        self._post(session, made, row)
        index_case(session, made)

    def _post(self, session: Session, made: Case, row: CaseReporter) -> None:
        """What waits to be sent, and what was looked at."""
        for subject in (f"case:{made.number}", f"rate:{made.number}:{row.id}:1"):
            post_message(
                session, channel=Channel.SMS, to=PHONE, template="report.closed",
                facts={"words": SECRET}, now=NOW, subject=subject,
            )  # fmt: skip
        note_action(
            session, at=NOW, actor_id=None, action="identity:look",
            subject=f"case:{made.number}", person_id=self.person.id, reason="test",
        )  # fmt: skip

    def reporter(self, session: Session) -> CaseReporter:
        found = select(CaseReporter).where(CaseReporter.case_id == self.case)
        return session.scalars(found.execution_options(populate_existing=True)).one()


@pytest.fixture
def scene(database: Database) -> Scene:
    with database.write() as session:
        return Scene(session)


def known(database: Database, scene: Scene) -> bool:
    with database.read() as session:
        return scene.reporter(session).erased_at is None


def test_the_identity_stays_until_the_last_second_and_goes_in_the_next(
    database: Database, scene: Scene
) -> None:
    assert months_later(CLOSED_AT, 12, SHANGHAI) == OVER_AT
    forget_in_time(database, now=OVER_AT - SECOND)
    assert known(database, scene)
    forget_in_time(database, now=OVER_AT)
    assert not known(database, scene)
    # a second run finds nothing to do
    with database.read() as session:
        assert due_identities(session, OVER_AT) == []
        open_ones = select(func.count()).where(CaseReporter.erased_at.is_(None))
        assert session.scalar(open_ones) == 1  # the open matter's


def test_everything_that_led_to_the_reporter_is_gone(database: Database, scene: Scene) -> None:
    forget_in_time(database, now=OVER_AT)
    with database.read() as session:
        row = scene.reporter(session)
        for field in personal_fields():
            if field.table == "case_reporter" and field.months is not None:
                value = getattr(row, field.column)
                assert value is None or value not in scene.hashes, field.column
        for model in (CaseLink, CaseUrge, ModerationAppeal, Draft):
            assert session.scalars(select(model)).all() == [], model
        assert session.scalars(select(AuditEntry.person_id)).all() == [None]
        sealed = session.execute(
            select(OutboxMessage.sealed_to, OutboxMessage.sealed_facts, OutboxMessage.subject)
        ).all()
        mine = [one for one in sealed if scene.number in one.subject]
        assert mine
        assert not any(one.sealed_to or one.sealed_facts for one in mine)
        everything = json.dumps(list(_all_texts(session)), ensure_ascii=False)
        assert SECRET not in everything
        assert "看到门牌" not in everything


def test_what_is_public_stays_and_what_lay_beneath_it_goes(
    database: Database, scene: Scene
) -> None:
    forget_in_time(database, now=OVER_AT)
    with database.read() as session:
        assert dict(session.execute(select(CaseText.text, CaseText.public_text)).all()) == {
            "路灯坏了，■": "路灯坏了，■",
            "": None,
            "垃圾堆了三天": None,
            "已清理": "已清理",
        }
        case = session.scalars(select(Case).where(Case.id == scene.case)).one()
        assert (case.lon, case.lat) == (None, None)
        photo = session.scalars(select(CasePhoto).where(CasePhoto.by_reporter)).one()
        assert (photo.blob_key, photo.public_key, photo.covers) == (scene.keys[1], None, None)
        words = " ".join(session.scalars(select(CaseSearch.words)))
        assert fold("路灯") in words
        assert fold("单元") not in words
    for key in (scene.keys[0], scene.keys[2]):
        with pytest.raises(KeyError):
            scene.blobs.open(key)
    assert scene.blobs.open(scene.keys[1]) == b"covered"


def test_N1_the_pseudonym_stays_for_its_own_time(database: Database, scene: Scene) -> None:
    forget_in_time(database, now=OVER_AT)
    with database.read() as session:
        lasts = protection(session)
    assert lasts >= timedelta(days=180 + 14)
    for moment, stays in ((OVER_AT + lasts, True), (OVER_AT + lasts + SECOND, False)):
        forget_in_time(database, now=moment)
        with database.read() as session:
            assert (scene.reporter(session).pseudonym is not None) is stays


def _all_texts(session: Session) -> Iterator[str]:
    """Every text in every table: what is kept anywhere would be among it."""
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)):
            yield from (value for value in row if isinstance(value, str))


def test_an_open_matter_is_never_touched_and_a_reopened_one_begins_anew(
    database: Database, scene: Scene
) -> None:
    later = OVER_AT + timedelta(days=400)
    with database.write() as session:
        case = session.scalars(select(Case).where(Case.id == scene.case)).one()
        reports.walk(session, case, (Event.REOPEN,), at=CLOSED_AT)
    forget_in_time(database, now=later)
    assert known(database, scene)
    again = CLOSED_AT + timedelta(days=100)
    with database.write() as session:
        case = session.scalars(select(Case).where(Case.id == scene.case)).one()
        reports.walk(session, case, (Event.HANDLE, Event.CLOSE), at=again)
    closed = again + timedelta(hours=2)
    over = months_later(closed, 12, SHANGHAI)
    assert over > OVER_AT
    forget_in_time(database, now=over - SECOND)
    assert known(database, scene)
    forget_in_time(database, now=over)
    assert not known(database, scene)


@pytest.mark.parametrize(
    "state", [State.NOT_ACCEPTED, State.NOT_FILED, State.VOID, State.WITHDRAWN]
)
def test_every_other_end_counts_from_its_own_moment(database: Database, state: State) -> None:
    with database.write() as session:
        place = small_tree(session)["370283001001"]
        person = accounts.person(session)
        reports.case(session, place, state=state, reporter=person)
        ended = NOW + timedelta(hours=len(reports.WALKS[state]))
    over = months_later(ended, 12, SHANGHAI)
    with database.read() as session:
        assert due_identities(session, over - SECOND) == []
        assert len(due_identities(session, over)) == 1


def test_two_runs_at_once_and_one_that_was_cut_off_remove_each_identity_once(
    database: Database,
) -> None:
    with database.write() as session:
        place = small_tree(session)["370283001001"]
        for _ in range(6):
            reports.case(session, place, state=State.VOID, reporter=accounts.person(session))
    start = Barrier(2)

    def run(_: int) -> int:
        start.wait()
        return forget_in_time(database, now=OVER_AT)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, range(2)))
    with database.read() as session:
        erased = session.scalars(select(CaseReporter.erased_at)).all()
        assert len(erased) == 6
        assert set(erased) == {OVER_AT}
        # the accounts themselves are another matter
        assert session.scalar(select(func.count()).select_from(Person)) == 6


def test_the_command_shows_what_would_go_and_touches_nothing_until_it_is_meant(
    database: Database, instance: Instance, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Tools:
        def __init__(self) -> None:
            self.database, self.instance = database, instance

    monkeypatch.setattr(clock, "now", lambda: OVER_AT)
    shown = CliRunner().invoke(privacy, ["expire", "--dry-run"], obj=Tools())
    assert shown.exit_code == 0, shown.output
    assert "1\tcase_reporter identity" in shown.output
    assert "Nothing was deleted." in shown.output
    assert known(database, scene)
    done = CliRunner().invoke(privacy, ["expire"], obj=Tools())
    assert done.exit_code == 0, done.output
    assert not known(database, scene)


def test_letters_in_a_folder_are_dropped_with_their_rows(
    database: Database, instance: Instance, tmp_path: Path
) -> None:
    assert instance.config.outbox is not None
    courier = FileCourier(instance.config.outbox)
    for at in (NOW, NOW + timedelta(days=80)):
        courier.send(Letter(new_id(), Channel.SMS, PHONE, "report.closed", SECRET, at))
    forget_old(database, NOW + timedelta(days=91))
    left = [path.read_text("utf-8") for path in (tmp_path / "outbox").glob("*.json")]
    assert len(left) == 1
    assert (NOW + timedelta(days=80)).isoformat() in left[0]

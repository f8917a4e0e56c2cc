"""Filing a report: its route, its promise, its receipt, and what the public may see of it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.rules import NOBODY, Actor
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.kernel.ids import hash_token
from portal.kernel.instance import Instance, instance_of
from portal.kernel.outbox import OutboxMessage
from portal.kernel.photos import clean_photo
from portal.kernel.uploads import UploadRefusal, expire_uploads, forget_files, keep_upload
from portal.reports.models import Case, CaseEvent, CasePhoto, CaseReporter, CaseText
from portal.reports.rules.codes import Event, PhotoKind, Review, Source, State, TextKind
from portal.reports.rules.intake import Contact, IntakeRefusal, Step, district_of
from portal.reports.rules.reasons import Reason
from portal.reports.rules.receipts import lookup_hash
from portal.reports.service.intake import PER_ADDRESS, Filed, file_report, slow_floods
from portal.reports.service.moderation import about_text, moderate_case
from portal.reports.service.receipts import PER_PHONE
from tests.make import accounts
from tests.make.areas import area
from tests.make.intake import INSIDE, PHONE, answers, ready
from tests.make.photos import jpeg
from tests.make.reports import desk
from tests.make.rows import case_row

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
ZONE = ZoneInfo("Asia/Shanghai")


def send(database: Database, actor: Actor = NOBODY, at: datetime = MONDAY, **changes: Any) -> Filed:
    with database.write() as session:
        return file_report(session, answers(**changes), actor=actor, owner="me", now=at)


def case_of(session: Session, filed: Filed) -> Case:
    return session.scalars(select(Case).where(Case.number == filed.number)).one()


def refusal(database: Database, **changes: Any) -> tuple[object, object]:
    with pytest.raises(Refused) as caught:
        send(database, **changes)
    return caught.value.code, caught.value.field


@pytest.fixture
def city(database: Database) -> Database:
    ready(database)
    return database


def resident(database: Database, *, verified: bool = True) -> Actor:
    with database.write() as session:
        person = accounts.person(session)
        person.phone_verified_at = MONDAY if verified else None
        return accounts.actor(session, person)


def test_r007_a_report_belongs_to_the_place_it_names(city: Database) -> None:
    filed = send(city, lon=INSIDE[0], lat=INSIDE[1])

    with city.read() as session:
        case = case_of(session, filed)
        assert case.place_path == "/370283/370283001/370283001M1/370283001001/"
        assert case.district == "370283"
        assert (case.lon, case.lat) == INSIDE
        assert (case.state, case.source) == (State.REPORTED, Source.RESIDENT)
        (event,) = session.scalars(select(CaseEvent)).all()
        assert (event.event, event.to_state, event.actor_id, event.public) == (
            Event.REPORT, State.REPORTED, None, True,
        )  # fmt: skip


def test_r001_a_report_outside_the_live_streets_is_taken_all_the_same(city: Database) -> None:
    # no feature is switched on anywhere in the small city
    assert send(city).number


def test_the_promise_ends_in_working_time(city: Database) -> None:
    filed = send(city)  # one working day of 8 to 12 and 14 to 18

    assert filed.promised_at == datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    with city.read() as session:
        case = case_of(session, filed)
        assert (case.limit_minutes, case.promised_at) == (480, filed.promised_at)


def test_an_urgent_promise_runs_on_at_night(city: Database) -> None:
    night = datetime(2026, 11, 28, 16, 0, tzinfo=UTC)  # midnight before a Sunday

    assert send(city, at=night, category_code="manhole").promised_at == night + timedelta(hours=2)


def test_where_the_calendar_ends_working_days_are_promised_and_no_date(city: Database) -> None:
    filed = send(city, at=datetime(2035, 6, 1, tzinfo=UTC), category_code="water_dirty")

    assert (filed.promised_at, filed.promised_days) == (None, 15)


def test_the_receipt_s_secrets_are_kept_as_hashes_only(city: Database) -> None:
    filed = send(city)

    with city.read() as session:
        row = session.scalars(select(CaseReporter)).one()
        assert row.token_hash == hash_token(filed.token)
        vault = instance_of(session).vault
        assert row.lookup_hash == lookup_hash(vault, filed.number, filed.lookup_code.lower())
        assert (row.person_id, row.sealed_phone, row.phone_hash, row.pseudonym) == (None,) * 4


def test_a_phone_is_sealed_and_gets_the_receipt(city: Database) -> None:
    filed = send(city, contact=Contact.PHONE, phone=PHONE, consent=True, language="zh_Hant")

    with city.read() as session:
        vault = instance_of(session).vault
        row = session.scalars(select(CaseReporter)).one()
        assert vault.unseal(row.sealed_phone or "") == f"+86{PHONE}"
        assert row.phone_hash == vault.keyed_hash("phone", f"+86{PHONE}")
        assert row.pseudonym is not None
        assert row.verified is False
        message = session.scalars(
            select(OutboxMessage).where(OutboxMessage.template == "report.receipt")
        ).one()
        facts = vault.unseal(message.sealed_facts or "")
        assert message.language == "zh_Hant"
        assert filed.number in facts
        assert "2026-11-24 10:00" in facts
        assert "/r/" in facts
        assert filed.lookup_code not in facts


def test_nobody_s_phone_is_flooded_with_receipts(city: Database) -> None:
    for _ in range(PER_PHONE.limit + 2):
        assert send(city, contact=Contact.PHONE, phone=PHONE, consent=True).number

    with city.read() as session:
        sent = session.scalars(
            select(OutboxMessage).where(OutboxMessage.template == "report.receipt")
        )
        assert len(sent.all()) == PER_PHONE.limit


@pytest.mark.parametrize(
    ("verified", "code", "listed"),
    [(True, "litter", True), (True, "manhole", False), (False, "litter", False)],
)
def test_only_a_verified_person_s_report_is_listed_at_once_and_no_hazard_is(
    city: Database, verified: bool, code: str, listed: bool
) -> None:
    actor = resident(city, verified=verified)
    filed = send(city, actor, contact=Contact.ACCOUNT, category_code=code)

    with city.read() as session:
        assert case_of(session, filed).listed is listed
        assert session.scalars(select(CaseReporter)).one().verified is verified


def test_a_signed_in_person_may_report_anonymously(city: Database) -> None:
    filed = send(city, resident(city), contact=Contact.NONE)

    with city.read() as session:
        row = session.scalars(select(CaseReporter)).one()
        assert (row.person_id, row.pseudonym, row.verified) == (None, None, False)
        assert case_of(session, filed).listed is False


def test_r023_the_reporter_of_a_hazard_is_always_sealed(city: Database) -> None:
    hazard, litter = send(city, category_code="gas_leak"), send(city)
    hidden = send(city, sealed=True)

    with city.read() as session:
        assert case_of(session, hazard).sealed is True
        assert case_of(session, litter).sealed is False
        assert case_of(session, hidden).sealed is True


def test_p1_words_wait_for_a_check_with_numbers_masked(city: Database) -> None:
    send(city, words=f"打{PHONE}找他", place_words="北门")

    with city.read() as session:
        texts = {text.kind: text for text in session.scalars(select(CaseText))}
        words = texts[TextKind.DESCRIPTION]
        assert words.text == f"打{PHONE}找他"
        assert words.review is Review.PENDING
        assert PHONE not in (words.public_text or PHONE)
        assert texts[TextKind.PLACE].text == "北门"


def kept_photo(database: Database, owner: str = "me") -> str:
    with database.write() as session:
        return keep_upload(session, clean_photo(jpeg(), ZONE), owner=owner, now=MONDAY)


@pytest.mark.parametrize("publish", [False, None])
def test_p1_what_the_reporter_keeps_to_herself_never_comes_up_for_a_check(
    city: Database, publish: bool | None
) -> None:
    send(city, publish=publish, photos=(kept_photo(city),))

    with city.read() as session:
        for row in (*session.scalars(select(CaseText)), *session.scalars(select(CasePhoto))):
            assert (row.review, row.review_reason) == (Review.WITHHELD, Reason.NOT_AGREED)
        assert session.scalars(select(CaseText)).one().public_text is None


def test_p1_no_officer_can_publish_what_the_reporter_keeps_to_herself(city: Database) -> None:
    filed = send(city, publish=False)
    with city.read() as session:
        text = session.scalars(select(CaseText)).one()
        row = case_row(session, filed.number)
    decision = about_text(text.id, show=True, seen=Review.WITHHELD)

    with pytest.raises(Refused), city.write() as session:
        moderate_case(session, row, [decision], actor=desk(), now=MONDAY)
    with city.read() as session:
        assert session.scalars(select(CaseText)).one().review is Review.WITHHELD


def test_photos_hang_on_the_report_and_wait_for_a_check(city: Database) -> None:
    tokens = (kept_photo(city), kept_photo(city))
    filed = send(city, photos=tokens, words="")

    with city.read() as session:
        photos = session.scalars(select(CasePhoto)).all()
        assert [photo.kind for photo in photos] == [PhotoKind.BEFORE] * 2
        assert {photo.review for photo in photos} == {Review.PENDING}
        assert {photo.by_reporter for photo in photos} == {True}
        assert case_of(session, filed).lon is None


def test_a_report_s_photo_files_outlive_the_sweep_of_uploads(
    city: Database, instance: Instance
) -> None:
    send(city, photos=(kept_photo(city),))
    with city.write() as session:
        expire_uploads(session, MONDAY + timedelta(days=100))
        photo = session.scalars(select(CasePhoto)).one()
        forget_files(session, [photo.blob_key, photo.thumbnail_key or ""])

    assert instance.blobs.open(photo.blob_key).startswith(b"\xff\xd8")
    assert instance.blobs.open(photo.thumbnail_key or "")


def test_a_photo_of_somebody_else_or_a_lost_one_is_refused_and_nothing_is_filed(
    city: Database,
) -> None:
    stolen = kept_photo(city, owner="somebody else")

    for token in (stolen, "never-there"):
        assert refusal(city, photos=(token,)) == (UploadRefusal.GONE, "photos")
    with city.read() as session:
        assert session.scalars(select(Case)).all() == []


@pytest.mark.parametrize(
    ("changes", "code", "step"),
    [
        ({"area_code": None}, IntakeRefusal.NO_PLACE, Step.PLACE),
        ({"area_code": "110101001"}, IntakeRefusal.UNKNOWN_PLACE, Step.PLACE),
        ({"lon": 2.35, "lat": 48.85}, IntakeRefusal.OUTSIDE_CITY, Step.PLACE),
        ({"category_code": None}, IntakeRefusal.NO_CATEGORY, Step.WHAT),
        ({"category_code": "lottery"}, IntakeRefusal.UNKNOWN_CATEGORY, Step.WHAT),
        ({"words": ""}, IntakeRefusal.NO_WORDS, Step.DETAILS),
        ({"words": "字" * 2001}, IntakeRefusal.LONG_WORDS, Step.DETAILS),
        ({"place_words": "字" * 201}, IntakeRefusal.LONG_PLACE_WORDS, Step.DETAILS),
        ({"area_code": "370283"}, IntakeRefusal.NO_PLACE_WORDS, Step.DETAILS),
        ({"contact": None}, IntakeRefusal.NO_CONTACT, Step.CONTACT),
        ({"contact": Contact.ACCOUNT}, IntakeRefusal.NO_CONTACT, Step.CONTACT),
        ({"contact": Contact.PHONE, "phone": "12"}, IntakeRefusal.BAD_PHONE, Step.CONTACT),
    ],
)
def test_what_is_missing_or_impossible_is_refused_with_its_step(
    city: Database, changes: dict[str, Any], code: IntakeRefusal, step: Step
) -> None:
    assert refusal(city, **changes) == (code, step)


def test_a_place_that_has_ended_takes_no_reports(city: Database) -> None:
    with city.write() as session:
        closed = area(session, "370283003", "street", "旧街道")
        closed.valid_to = MONDAY.date()

    assert refusal(city, area_code="370283003") == (IntakeRefusal.UNKNOWN_PLACE, Step.PLACE)


def test_two_thousand_characters_are_taken_whole(city: Database) -> None:
    send(city, words="字" * 2000)

    with city.read() as session:
        assert len(session.scalars(select(CaseText)).one().text) == 2000


def test_floods_from_one_address_are_slowed_and_other_addresses_are_not(city: Database) -> None:
    def knock(address: str, actor: Actor = NOBODY) -> None:
        with city.write() as session:
            slow_floods(session, actor, address, MONDAY)

    for _ in range(PER_ADDRESS):
        knock("1.2.3.4")
    with pytest.raises(Refused) as caught:
        knock("1.2.3.4")
    assert caught.value.code is IntakeRefusal.TOO_MANY
    assert caught.value.facts == {"minutes": 60}
    knock("1.2.3.5")
    knock("1.2.3.4", resident(city))


@pytest.mark.parametrize(
    ("path", "district"),
    [
        ("/370283/370283001/370283001M1/", "370283"),
        ("/6301/630102/630102001/", "630102"),
        ("/6301/", "6301"),
    ],
)
def test_the_county_leads_the_keys(path: str, district: str) -> None:
    assert district_of(path) == district

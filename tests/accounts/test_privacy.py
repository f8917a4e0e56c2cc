"""Law P1, P2, P5 and P6 for accounts: what is kept is told, shown, handed out, and forgotten."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import service
from portal.accounts.jobs import forget_personal_data, list_erasures
from portal.accounts.labels import kept_in_words
from portal.accounts.models import (
    ErasureRecord,
    LoginSession,
    Person,
    RecoveryCode,
    SecondFactor,
    SignInCode,
)
from portal.accounts.rules import Masking, Refusal, Way
from portal.accounts.service import Browser as WebBrowser
from portal.accounts.service import NewPerson, Place
from portal.kernel.audit import AuditEntry
from portal.kernel.db import Base, Database
from portal.kernel.errors import Missing, Refused
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, post_message
from portal.kernel.ratelimit import RateWindow
from tests.make.accounts import actor, person, sign_in_as, staff
from tests.make.areas import small_tree
from tests.pages import Browser

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
NAME, PHONE, TYPED = "独特名字甲", "+8613800001299", "138 0000 1299"


def full_life(session: Session) -> Person:
    """Somebody about whom every table of accounts keeps something."""
    tree = small_tree(session)
    somebody = person(session, NAME, PHONE, password="four plain words")
    desk = actor(session, staff(session, "community_committee", area=tree["370283001001"]))
    centre = actor(session, staff(session, "city_centre"))
    web = WebBrowser(key="k", address="192.0.2.1", form_key="k", device="WeChat, Android")
    service.begin_session(session, somebody, Way.CODE, web, now=NOW)
    service.send_code(session, TYPED, web, now=NOW)
    service.new_link(session, somebody.id, now=NOW)
    service.issue_card(session, desk, somebody.id, area_id=None, now=NOW)
    me = actor(session, somebody, NOW)
    service.begin_enrolment(session, me, now=NOW)
    session.add(RecoveryCode(person_id=somebody.id, code_hash="0" * 64))
    at = Place(tree["370283"].id, None, NOW, None)
    held = service.grant_role(session, None, somebody.id, "administrator", at, now=NOW)
    session.flush()
    service.end_role(session, None, held.number, now=NOW)
    service.note_identity_look(
        session, centre, person_id=somebody.id, subject="case:7K3M9-QX2HD",
        reason=f"call back {NAME}", now=NOW,
    )  # fmt: skip
    post_message(
        session, channel=Channel.SMS, to=PHONE, template="accounts.code",
        facts={"code": "123456", "minutes": 10}, now=NOW,
    )  # fmt: skip
    return somebody


def every_value(database: Database) -> Iterator[tuple[str, str]]:
    """(table.column, text) of everything in the database, sealed values opened."""
    with database.read() as session:
        vault = instance_of(session).vault
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)).mappings():
                for column, value in row.items():
                    yield f"{table.name}.{column}", str(value)
                    if column.startswith("sealed_") and value:
                        yield f"{table.name}.{column}", vault.unseal(value)


def traces(database: Database, *needles: str) -> set[str]:
    return {
        where for where, text in every_value(database) if any(needle in text for needle in needles)
    }


def needles_of(database: Database, somebody: Person) -> tuple[str, ...]:
    vault = database.info["instance"].vault
    return NAME, PHONE, "13800001299", vault.keyed_hash("phone", PHONE)


def test_p2_the_export_contains_every_personal_field_that_is_kept(database: Database) -> None:
    with database.write() as session:
        somebody = full_life(session)
    with database.read() as session:
        found = service.export_person(session, somebody.id, now=NOW)
    json.dumps(found, ensure_ascii=False)
    exported = {
        f"{table}.{column}"
        for table, rows in found["records"].items()
        for row in rows
        for column in row
    }
    whole = {"outbox_message", "sign_in_code"}  # told in their own words
    for field in service.personal_fields():
        own = field.table in Base.metadata.tables and field.table not in whole
        if not own or field.masking is Masking.SECRET or field.table.startswith("case"):
            continue
        column = field.column.removeprefix("sealed_")
        if field.table in {"person", "login_session", "card", "role_holding", "audit_entry",
                           "second_factor", "recovery_code", "sign_in_link"}:  # fmt: skip
            assert f"{field.table}.{column}" in exported, field
    assert whole <= set(found["records"])
    values = json.dumps(found, ensure_ascii=False)
    assert NAME in values
    assert PHONE in values
    assert "WeChat, Android" in values
    assert "case:7K3M9-QX2HD" in values


def test_p2_the_export_holds_nothing_of_anybody_else_and_no_secret(database: Database) -> None:
    with database.write() as session:
        somebody = full_life(session)
        other = person(session, "别人", "+8613800001298")
        secret = session.get_one(SecondFactor, somebody.id).sealed_secret
        hashed = somebody.password_hash
    with database.read() as session:
        text = json.dumps(service.export_person(session, somebody.id, now=NOW), ensure_ascii=False)
        vault = instance_of(session).vault
    assert "别人" not in text
    assert other.number not in text
    assert vault.unseal(secret) not in text
    assert hashed is not None
    assert hashed not in text


def test_p2_everybody_reads_and_takes_away_what_is_kept(app: Flask, database: Database) -> None:
    with database.write() as session:
        somebody = full_life(session)
    browser = Browser(app)
    sign_in_as(browser, somebody)
    page = browser.get("/me/data", status=200)
    assert NAME in page.text
    assert "7K3M9-QX2HD" in page.text
    assert "case:" not in page.text, "a reference is said in words"
    assert "person:" not in page.text
    # a life of a year is many pages long: each kind is folded, with how many there are
    folded = [one.get_text(" ", strip=True) for one in page.soup.select("main details > summary")]
    assert "您的姓名（如提供） (1)" in folded
    answer = browser.client.get("/me/data.json")
    assert answer.json["person"] == somebody.number
    assert "attachment" in answer.headers["Content-Disposition"]


def test_p2_name_and_language_are_corrected(app: Flask, database: Database) -> None:
    with database.write() as session:
        somebody = person(session, "王小明")
    browser = Browser(app)
    sign_in_as(browser, somebody)
    page = browser.get("/me/details").form().fill(name="王大明", language="en").send(status=200)
    assert "王大明" in page.text
    with database.read() as session:
        row = session.get_one(Person, somebody.id)
        assert (row.display_name, row.language) == ("王大明", "en")


def test_p2_erasure_leaves_no_trace_in_any_table(database: Database) -> None:
    with database.write() as session:
        somebody = full_life(session)
    needles = needles_of(database, somebody)
    before = traces(database, *needles)
    assert {"person.display_name", "person.sealed_phone", "outbox_message.sealed_to"} <= before
    with database.write() as session:
        service.erase_person(session, None, somebody.id, now=NOW)
    assert traces(database, *needles) == set()
    with database.read() as session:
        row = session.get_one(Person, somebody.id)
        assert row.erased_at == NOW
        assert session.scalars(select(LoginSession)).all() == []
        assert session.scalars(select(SignInCode)).all() == []
        looks = session.scalars(select(AuditEntry).where(AuditEntry.action == "identity:look"))
        assert [look.person_id for look in looks] == [None]


def test_p2_a_person_erases_herself_and_is_signed_out(app: Flask, database: Database) -> None:
    with database.write() as session:
        somebody = person(session, NAME, PHONE)
    browser = Browser(app)
    sign_in_as(browser, somebody)
    browser.get("/me/erase").form().send(status=422)
    page = browser.get("/me/erase").form().fill(sure=True).send(status=200)
    assert page.path == "/erased"
    assert browser.get("/me").path == "/sign-in"
    assert traces(database, *needles_of(database, somebody)) == set()


def test_staff_are_not_erased_before_their_roles_end(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        somebody = staff(session, "street_desk", area=tree["370283001"])
    with pytest.raises(Refused) as caught, database.write() as session:
        service.erase_person(session, None, somebody.id, now=NOW)
    assert caught.value.code is Refusal.STAFF_STAYS


def test_of_two_racing_erasures_one_finds_nobody(database: Database) -> None:
    with database.write() as session:
        somebody = full_life(session)
    gate, answers = threading.Barrier(2), []

    def run() -> None:
        gate.wait()
        try:
            with database.write() as session:
                service.erase_person(session, None, somebody.id, now=NOW)
            answers.append("erased")
        except Missing:
            answers.append("missing")

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["erased", "missing"]


def test_an_erased_phone_opens_a_new_account(database: Database) -> None:
    with database.write() as session:
        somebody = person(session, NAME, PHONE)
    with database.write() as session:
        service.erase_person(session, None, somebody.id, now=NOW)
    with database.write() as session:
        again = service.add_person(session, NewPerson(phone=PHONE), now=NOW)
    assert again.id != somebody.id


def test_erasures_are_applied_again_after_a_restore(database: Database) -> None:
    with database.write() as session:
        somebody, other = person(session, NAME, PHONE), person(session, "别人")
    with database.write() as session:
        service.erase_person(session, None, somebody.id, now=NOW)
    assert list_erasures(database, NOW) == 1
    assert list_erasures(database, NOW) == 0
    path = database.info["instance"].config.instance / "erasures.txt"
    # the backup knows the person and nothing of her erasure
    with database.write() as session:
        row = session.get_one(Person, somebody.id)
        row.erased_at = None
        row.display_name = NAME
        for record in session.scalars(select(ErasureRecord)):
            session.delete(record)
    with database.write() as session:
        assert service.apply_erasures(session, service.read_erasure_list(path), now=NOW) == 1
    assert traces(database, NAME) == set()
    with database.read() as session:
        assert session.get_one(Person, other.id).display_name == "别人"


def test_the_retention_job_deletes_what_is_past_its_time(database: Database) -> None:
    with database.write() as session:
        full_life(session)

    def left(days: int) -> dict[str, int]:
        forget_personal_data(database, NOW + timedelta(days=days))
        with database.read() as session:
            return {
                model.__tablename__: len(session.scalars(select(model)).all())
                for model in (SignInCode, RateWindow, LoginSession, AuditEntry)
            }

    assert left(0)["sign_in_code"] == 1
    early = left(3)
    assert (early["sign_in_code"], early["rate_window"], early["login_session"]) == (0, 0, 1)
    assert left(61)["login_session"] == 0
    assert left(62)["audit_entry"] > 0
    assert left(1200)["audit_entry"] == 0


def test_p5_every_look_is_shown_to_the_auditor_and_to_the_person(
    app: Flask, database: Database
) -> None:
    with database.write() as session:
        somebody = full_life(session)
        auditor = staff(session, "auditor")
        stranger = person(session)
    owner, inspector, other = Browser(app), Browser(app), Browser(app)
    for browser, who in ((owner, somebody), (inspector, auditor), (other, stranger)):
        sign_in_as(browser, who)
    page = owner.get("/me/looks")
    assert "7K3M9-QX2HD" in page.text
    assert f"call back {NAME}" in page.text
    page = inspector.get("/audit/?action=identity:look")
    assert "7K3M9-QX2HD" in page.text
    # the auditor learns that somebody was looked at, not who
    assert somebody.number not in page.html
    assert "7K3M9-QX2HD" not in other.get("/me/looks").text
    assert other.get("/audit/").status == 403


def test_p5_opening_an_account_as_administrator_is_a_look(app: Flask, database: Database) -> None:
    with database.write() as session:
        boss = staff(session, "administrator", area=small_tree(session)["370283"], name="赵主任")
        somebody = person(session)
    browser, owner = Browser(app), Browser(app)
    sign_in_as(browser, boss)
    sign_in_as(owner, somebody)
    assert "赵主任" not in owner.get("/me/looks").text
    browser.get(f"/admin/people/{somebody.number}", status=200)
    assert "赵主任" in owner.get("/me/looks").text


def test_the_audit_is_paged_by_key_and_shows_each_entry_once(
    app: Flask, database: Database
) -> None:
    with database.write() as session:
        auditor = staff(session, "auditor")
        who = actor(session, auditor)
        for number in range(75):
            at = NOW + timedelta(seconds=number // 3)
            service.note_identity_look(
                session, who, person_id=None, subject=f"case:{number:03d}", reason="test", now=at
            )
    browser = Browser(app)
    sign_in_as(browser, auditor)
    page, seen = browser.get("/audit/?action=identity:look"), list[str]()
    for _ in range(3):
        seen += [tag.text.split()[-1] for tag in page.soup.select(".timeline-title")]
        following = page.soup.select_one('a[rel="next"]')
        if following is None:
            break
        page = browser.get(str(following["href"]), status=200)
    assert sorted(seen) == [f"{number:03d}" for number in range(75)]
    assert browser.get("/audit/?before=forged").status == 404


def test_p1_the_privacy_page_tells_every_kind_of_data_that_the_registry_holds(
    browser: Browser, app: Flask
) -> None:
    page = browser.in_language("en").get("/privacy", status=200)
    with app.test_request_context("/?lang=en"):
        lines = kept_in_words(service.personal_fields())
    assert len(lines) > 10
    rows = [" ".join(row.get_text(" ").split()) for row in page.soup.select("tbody tr")]
    for line in lines:
        told = f"{line.what} {line.purpose} {line.basis} {line.how_long}"
        assert told in rows
        # a code without words would show itself
        assert "." not in line.what.split(" ")[0]


def test_p6_the_ways_without_a_computer_stand_beside_signing_in(browser: Browser) -> None:
    for path in ("/sign-in", "/privacy"):
        page = browser.get(path, status=200)
        ways = page.soup.select_one(".ways")
        assert ways is not None
        assert "12345" in ways.text
        assert len(ways.select("li")) == 3


def _columns() -> Iterator[tuple[str, str]]:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            yield table.name, column.name


def test_p1_the_registry_names_only_columns_that_exist() -> None:
    known = set(_columns())
    for field in service.personal_fields():
        assert (field.table, field.column) in known


def test_every_field_says_why_on_which_ground_and_how_long() -> None:
    for field in service.personal_fields():
        assert field.what
        assert field.purpose
        assert field.retention_days is None or 0 < field.retention_days <= 3650


def test_a_provider_is_registered_once() -> None:
    before = service.personal_fields()
    service.register_own_data()
    assert service.personal_fields() == before


def test_nothing_is_exported_for_somebody_unknown(database: Database) -> None:
    with database.read() as session, pytest.raises(Missing):
        service.export_person(session, None, now=NOW)

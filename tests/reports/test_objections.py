"""What is kept inside is told with its reason, recorded, and can be objected to once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.service import erase_person, export_person
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.errors import BadData, Refused
from portal.kernel.instance import Instance, instance_of
from portal.kernel.outbox import OutboxMessage
from portal.kernel.tokens import fold
from portal.reports.models import CaseSearch, CaseText, ModerationAppeal, ModerationEntry
from portal.reports.queries.case import reporters_of
from portal.reports.rules.codes import Review
from portal.reports.rules.guarding import Act, AppealRefusal
from portal.reports.rules.intake import Contact
from portal.reports.rules.reasons import Reason
from portal.reports.service.intake import file_report
from portal.reports.service.moderation import about_text, moderate_case
from portal.reports.service.objections import object_to_decision
from portal.reports.service.publishing import check_publishing
from tests.make import accounts, reports
from tests.make.desk import City, small_city
from tests.make.intake import answers, ready
from tests.pages import Browser

PHONE, PLATE = "13800001234", "鲁B12345"
WORDS = f"渣土车{PLATE}半夜洒土，打{PHONE}没人接，李明先生也看见了"


@pytest.fixture
def city(app: Flask, database: Database) -> City:
    return small_city(app, database)


def reported(city: City) -> tuple[str, Browser, reports.Person]:
    """A case of somebody with an account, and her browser."""
    with city.database.write() as session:
        person = accounts.person(session, "王小明")
    return city.case(reporter=person, words=WORDS), city.browser(person), person


def moderate(city: City, number: str, **fields: str) -> Browser:
    desk = city.browser(city.desk)
    form = desk.get(f"/desk/cases/{number}/moderate", status=200).form(button="Save")
    with city.database.read() as session:
        case = city.row(number)
        text = session.scalars(select(CaseText).where(CaseText.case_id == case.id)).one()
    named = {f"{name}_{text.id.hex}": value for name, value in fields.items() if name != "reason"}
    reason = {"reason": fields["reason"]} if "reason" in fields else {}
    form.fill(**named, **reason).send("Save", status=200)
    return desk


def templates(city: City) -> list[str]:
    with city.database.read() as session:
        return list(session.scalars(select(OutboxMessage.template)))


def test_r016_masks_are_proposed_with_what_they_leave_out_also_in_plain_text(city: City) -> None:
    number, *_ = reported(city)
    desk = city.browser(city.desk)
    for url in (f"/desk/cases/{number}/moderate", f"/desk/cases/{number}/moderate?plain=1"):
        page = desk.get(url, status=200)
        gone = [mark.get_text() for mark in page.soup.select("del")]
        assert gone == [PLATE, PHONE, "李明"]
        assert f"Left out: {PLATE} · {PHONE} · 李明" in page.text
        proposal = page.soup.select_one("textarea[name^=public_]")
        assert proposal is not None
        assert not any(one in proposal.get_text() for one in gone)


def test_the_author_is_told_reads_why_and_objects_once_and_somebody_else_answers(
    city: City,
) -> None:
    number, author, _ = reported(city)
    moderate(city, number, text="show")
    assert "report.masked" in templates(city)
    page = author.get(f"/reports/{number}", status=200)
    page = page.click("What the public sees of your report", status=200)
    assert [mark.get_text() for mark in page.soup.select("del")] == [PLATE, PHONE, "李明"]
    assert "number plate, telephone number, and name" in page.text
    page = page.form(button="Send").fill(words="李明先生同意公开").send(status=200)
    assert "李明先生同意公开" in page.text
    assert not page.soup.select("textarea")
    # whoever decided reads the objection, and leaves the answer to somebody else
    desk = city.browser(city.desk)
    page = desk.get("/desk/objections", status=200).click(number, status=200)
    assert "Somebody else has to answer" in page.text
    assert not page.soup.select("textarea")
    page = city.browser(city.centre).get(f"/desk/cases/{number}/decisions", status=200)
    form = page.form(button="Answer")
    assert "Choose whether" in form.fill(words="不改").send(status=422).text
    form = page.form(button="Answer").fill(outcome="stays", words="姓名不公开")
    assert "It stays as it is" in form.send(status=200).text
    assert "report.objection.stays" in templates(city)
    assert "姓名不公开" in author.get(f"/reports/{number}/objection", status=200).text
    assert number not in desk.get("/desk/objections", status=200).text
    with city.database.write() as session:
        case = city.row(number)
        with pytest.raises(Refused) as refused:
            object_to_decision(session, case, reporters_of(session, case)[0], "再说一次", now=now())
        assert refused.value.code is AppealRefusal.ONCE


def test_withheld_words_are_told_with_the_reason_and_leave_the_search(
    city: City, browser: Browser
) -> None:
    number, author, _ = reported(city)
    moderate(city, number, text="show")
    with city.database.write() as session:
        words = session.scalars(select(CaseSearch.words)).one()
        # the index never held what was left out
        assert fold("半夜") in words
        assert not any(fold(one) in words for one in (PHONE, "12345", "李明"))
        case = city.row(number)
        text = session.scalars(select(CaseText).where(CaseText.case_id == case.id)).one()
        public = text.public_text
        keep = [about_text(text.id, show=False, seen=Review.APPROVED)]
        moderate_case(session, case, keep, actor=reports.desk(), now=now(), reason=Reason.INSULT)
    assert "report.withheld.insult" in templates(city)
    assert "It insults somebody" in author.get(f"/reports/{number}/objection").text
    assert number not in browser.get("/reports/?q=半夜", status=200).text
    assert "半夜" not in browser.get(f"/reports/{number}", status=200).text
    with city.database.read() as session:
        entries = session.scalars(select(ModerationEntry).order_by(ModerationEntry.id)).all()
        told = [(entry.act, entry.before, entry.after, entry.reason) for entry in entries]
    assert told == [
        (Act.MASKED, None, public, None),
        (Act.WITHHELD, public, None, "insult"),
    ]


def test_strangers_and_neighbours_who_joined_cannot_read_or_object(city: City, app: Flask) -> None:
    number, _, _ = reported(city)
    moderate(city, number, text="show")
    Browser(app).get(f"/reports/{number}/objection", status=404)
    with city.database.write() as session:
        neighbour = accounts.person(session, "张大明")
        case = session.scalars(select(reports.Case)).one()
        reports.reporter(session, case, neighbour, relation=reports.Relation.ME_TOO)
    city.browser(neighbour).get(f"/reports/{number}/objection", status=404)


def test_nothing_kept_inside_is_nothing_to_object_to(city: City) -> None:
    number, author, _ = reported(city)
    assert not author.get(f"/reports/{number}/objection", status=200).soup.select("textarea")


def test_P2_the_record_and_the_objection_are_handed_out_and_emptied_at_erasure(
    city: City,
) -> None:
    number, author, person = reported(city)
    moderate(city, number, text="show")
    page = author.get(f"/reports/{number}/objection", status=200)
    page.form(button="Send").fill(words="请公开").send(status=200)
    with city.database.read() as session:
        records = export_person(session, person.id, now=now())["records"]
    assert records["moderation_appeal"][0]["words"] == "请公开"
    assert "半夜" in str(records["moderation_entry"][0]["after"])
    author.get("/me/data", status=200)
    with city.database.write() as session:
        erase_person(session, None, person.id, now=now())
    with city.database.read() as session:
        entry = session.scalars(select(ModerationEntry)).one()
        assert (entry.before, entry.after, entry.act) == (None, None, Act.MASKED)
        assert session.scalars(select(ModerationAppeal)).all() == []
    # who decided what and when can still be examined
    assert "窗口" in city.browser(city.desk).get(f"/desk/cases/{number}/decisions").text


@pytest.mark.parametrize(
    ("kind", "known", "shown"),
    [
        ("litter", True, True),
        ("litter", False, False),
        ("road_damage", True, False),  # not in the city's list
        ("manhole", True, False),  # a hazard waits for a check
        ("noise", True, False),  # about people: never
    ],
)
def test_words_of_verified_people_are_public_at_once_where_the_city_says_so(
    database: Database, kind: str, known: bool, shown: bool
) -> None:
    ready(database)
    with database.write() as session:
        codes = ["litter", "manhole", "noise"]
        mine = instance_of(session)
        city = replace(mine.city, raw={**mine.city.raw, "publishing": {"text_at_once": codes}})
        session.info["instance"] = replace(mine, city=city)
        person = accounts.person(session, "王小明")
        if not known:
            person.phone_verified_at = None
        session.flush()
        given = answers(category_code=kind, words=WORDS, contact=Contact.ACCOUNT)
        file_report(session, given, actor=accounts.actor(session, person), now=now())
        text = session.scalars(select(CaseText)).one()
        assert (text.review is Review.APPROVED) is shown
        assert PHONE not in (text.public_text or "")
        assert PLATE not in (text.public_text or "")
        assert [e.act for e in session.scalars(select(ModerationEntry))] == [Act.AT_ONCE] * shown
        sent = session.scalars(select(OutboxMessage.template)).all()
        assert ("report.masked" in sent) is shown
        found = session.scalars(select(CaseSearch.words)).all()
        assert any(fold("半夜") in words for words in found) is shown


def test_a_city_that_publishes_an_unknown_kind_at_once_is_told_so(
    database: Database, instance: Instance
) -> None:
    ready(database)
    raw = {"publishing": {"text_at_once": ["litter", "no_such_kind"]}}
    with database.read() as session:
        with pytest.raises(BadData, match="no_such_kind"):
            check_publishing(session, replace(instance.city, raw=raw), now())
        assert check_publishing(session, instance.city, now() - timedelta(0)).kinds == 0

"""Filing for somebody else with recorded consent (R036, R175), and for callers (R286)."""

import json
from dataclasses import replace
from datetime import date
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.rules import roles
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.errors import Forbidden, Refused
from portal.kernel.instance import instance_of
from portal.kernel.outbox import OutboxMessage
from portal.kernel.photos import clean_photo
from portal.kernel.uploads import KeptPhotos, keep_upload
from portal.reports.models import Case, CasePhoto, CaseProxy, CaseReporter, CaseText
from portal.reports.queries.case import reporters_of
from portal.reports.queries.doors import consent_texts, filing_sources, proxy_of
from portal.reports.queries.neighbours import joined_count
from portal.reports.rules.codes import Event, Relation, Source
from portal.reports.rules.doors import (
    BEHALVES,
    Behalf,
    ConsentText,
    ConsentWay,
    Filing,
    FilingRefusal,
    consent_on,
    sources_for,
    what_is_wrong,
)
from portal.reports.rules.intake import Contact
from portal.reports.service.consent import withdraw_consent
from portal.reports.service.filing import file_for, join_for
from portal.reports.service.handling import take_step
from portal.reports.service.personal import ReportsOfAPerson
from tests.make import accounts, reports
from tests.make.doors import FOR_HER, file_one, filer
from tests.make.intake import COMMUNITY, answers, ready
from tests.make.neighbours import race
from tests.make.photos import jpeg
from tests.make.rows import case_row
from tests.pages import Browser, Page

CITY_ZONE = ZoneInfo("Asia/Shanghai")
PHONE, FORM = "13800001366", "/desk/file/petition_proxy/litter"
TOLD = {"words": "垃圾桶满了三天", "where": "北门", "area": COMMUNITY, "publish": "show"}
HERS = {
    "behalf": "resident",
    "name": "陈奶奶",
    "phone": PHONE,
    "relation": "agent",
    "consent_way": "spoken",
    "agreed": True,
}
CALL = Filing(Source.HOTLINE_12319, Behalf.ANONYMOUS, external_number="GD-2026-77")


def test_r286_every_source_can_be_named_by_some_role_and_by_no_other() -> None:
    named = {row.source: row.roles for row in filing_sources()}
    # programs come by their own door, and parts are split off: neither is filed by a person
    assert set(named) == set(Source) - {Source.OPEN311, Source.PART} == set(BEHALVES)
    assert all(codes and codes <= set(roles()) for codes in named.values())
    assert Source.HOTLINE_12345 in sources_for(filing_sources(), ["street_desk"])
    assert sources_for(filing_sources(), ["liaison_officer"]) == [Source.PETITION_PROXY]
    assert sources_for(filing_sources(), ["resident", "auditor"]) == []


def test_r036_a_resident_is_named_only_with_her_consent_and_how_she_gave_it() -> None:
    assert what_is_wrong(FOR_HER) == []
    lacking = [
        (replace(FOR_HER, name=""), "name"),
        (replace(FOR_HER, relation=None), "relation"),
        (replace(FOR_HER, consent_way=None), "consent_way"),
        (replace(FOR_HER, agreed=False), "agreed"),
        (replace(FOR_HER, consent_way=ConsentWay.PAPER), "paper"),
        (replace(FOR_HER, behalf=Behalf.DUTY), "behalf"),
    ]
    assert [[field for field, _ in what_is_wrong(one)] for one, _ in lacking] == [
        [field] for _, field in lacking
    ]
    assert what_is_wrong(Filing(Source.PETITION_PROXY, Behalf.UNITS)) == []
    words = {"zh_Hans": "甲"}
    versions = [
        ConsentText("b", date(2026, 6, 1), words),
        ConsentText("a", date(2026, 1, 1), words),
    ]
    assert consent_on(versions, date(2026, 5, 31)).version == "a"
    assert consent_on(versions, date(2026, 6, 1)).version == "b"


@pytest.fixture
def committee(database: Database) -> Person:
    tree = ready(database)
    with database.write() as session:
        return accounts.staff(session, "community_committee", area=tree[COMMUNITY], name="居委会")


def test_r025_what_a_caller_says_may_be_an_emergency_and_stops_the_filing_once(
    app: Flask, database: Database, committee: Person
) -> None:
    form = _agent(app, committee).get(FORM, status=200).form(button="File it")
    given = {**TOLD, **HERS, "words": "楼上着火了"}
    page = form.fill(**given).attach("photos", jpeg()).send("File it", status=200)
    assert page.soup.select_one("#alarm .notice a[href='tel:119']")
    assert "Ask the caller" in page.text
    with database.read() as session:
        assert session.scalars(select(Case)).all() == []
    again = page.form(button="File it")
    assert {name: again.values[name].strip() for name in ("words", "where", "name", "phone")} == {
        "words": "楼上着火了", "where": "北门", "name": "陈奶奶", "phone": PHONE,
    }  # fmt: skip
    again.send("File it", status=200)
    with database.read() as session:
        assert session.scalars(select(CasePhoto)).one()


def _agent(app: Flask, person: Person) -> Browser:
    browser = Browser(app)
    accounts.sign_in_as(browser, person)
    return browser.in_language("en")


def test_r036_an_agent_files_for_a_resident_who_gets_the_receipt_and_rates_alone(
    app: Flask, database: Database, committee: Person
) -> None:
    agent = _agent(app, committee)
    start = agent.get("/desk/file", status=200)
    assert "source-hotline_12345" not in start.html
    form = agent.get(FORM, status=200).form(button="File it")
    # without her consent nothing is filed, and neither words nor photo are lost
    again = (
        form.fill(**TOLD, **{**HERS, "agreed": False})
        .attach("photos", jpeg())
        .send("File it", status=422)
    )
    assert any("Without her consent" in words for words in again.errors)
    assert "垃圾桶满了三天" in again.html
    assert again.soup.select("[name=photos-kept]")
    done = again.form(button="File it").fill(agreed=True).send("File it", status=200)
    assert done.h1 == "Receipt for the resident"
    assert "Look-up code" not in done.text, "it was sent to her, and rates"
    _is_kept_sealed(database, committee)
    _follows_and_does_not_rate(app, database, agent)


def _is_kept_sealed(database: Database, committee: Person) -> None:
    """Her name and number, how she agreed and to which words, and who filed it."""
    with database.read() as session:
        (case,) = session.scalars(select(Case)).all()
        (behind,) = session.scalars(select(CaseReporter)).all()
        (proxy,) = session.scalars(select(CaseProxy)).all()
        vault = instance_of(session).vault
        assert (case.source, behind.relation) == (Source.PETITION_PROXY, Relation.PROXY)
        assert case.sealed
        assert vault.unseal(behind.sealed_name or "") == "陈奶奶"
        assert vault.unseal(behind.sealed_phone or "") == f"+86{PHONE}"
        assert proxy.filer_id == committee.id
        newest = consent_texts()[-1]
        assert (proxy.consent_version, proxy.consent_words) == (newest.version, newest.words["en"])


def _follows_and_does_not_rate(app: Flask, database: Database, agent: Browser) -> None:
    """Not even with the resident's own link; of the steps she is told."""
    with database.read() as session:
        link = _link_in(session, "report.receipt")
        number = session.scalars(select(Case.number)).one()
    # what she filed she follows, and does not rate: not even with the resident's own link
    matter = agent.get("/desk/filed", status=200).click("Rubbish not cleared", status=200)
    assert number in matter.text
    assert agent.get(f"/reports/{number}/rate").status == 404
    assert "This is your report" in Browser(app).in_language("en").get(link, status=200).text
    agent.get(link)
    assert agent.get(f"/reports/{number}/rate").status == 404
    with database.write() as session:
        take_step(session, case_row(session, number), Event.ACCEPT, actor=reports.desk(), now=now())
        templates = [row.template for row in session.scalars(select(OutboxMessage))]
    assert "desk.filed_step" in templates


def _link_in(session: Session, template: str) -> str:
    """The path of the link in a message that waits to be sent."""
    row = session.scalars(select(OutboxMessage).where(OutboxMessage.template == template)).one()
    facts = json.loads(instance_of(session).vault.unseal(row.sealed_facts or ""))
    return urlsplit(str(facts["link"])).path


def test_a_caller_is_offered_what_is_near_and_follows_it_with_a_receipt_of_her_own(
    app: Flask, database: Database
) -> None:
    tree = ready(database)
    with database.write() as session:
        desk = accounts.staff(session, "street_desk", area=tree["370283001"], name="窗口")
        number = reports.listed(session, tree, "垃圾没人清").number
    clerk = _agent(app, desk)
    form = clerk.get("/desk/file/hotline_12319/litter", status=200).form(button="File it")
    # a street's list is short: the community is named in words
    place = {"area": "370283001", "where": "东阁街道001社区"}
    told = {**TOLD, **place, "external": "12319-9001", "behalf": "anonymous"}
    offered = form.fill(**told).send("File it", status=200)
    assert "Is it one of these?" in offered.text
    assert number in offered.html
    with database.read() as session:
        assert len(session.scalars(select(Case)).all()) == 1, "nothing is filed by looking"
    joined = offered.form(button="File it as a new report").send(
        "It is this one: let her follow it", status=200
    )
    assert joined.h1 == "Receipt for the resident"
    assert len(joined.soup.select(".receipt-code")) == 2, "without a number she gets a paper"
    with database.read() as session:
        assert joined_count(session, case_row(session, number)) == 1
        # who answered a call may verify: she did not file it
        assert proxy_of(session, case_row(session, number)) is None
    # her order is this matter's now; the next caller means another heap
    assert number in " ".join(_filed_anew(clerk, told, status=422).errors)
    told = {**told, "external": "12319-9002"}
    anew = _filed_anew(clerk, told, status=200)
    assert anew.h1 == "Receipt for the resident"
    with database.read() as session:
        made = session.scalars(select(Case).where(Case.number != number)).one()
        assert (made.source, made.external_number) == (Source.HOTLINE_12319, "12319-9002")
    _is_found_by_number_and_source(clerk, made.number, number)
    assert made.number in " ".join(_filed_anew(clerk, told, status=422).errors)


def _filed_anew(clerk: Browser, told: dict[str, str], *, status: int) -> Page:
    """What a call is answered with when it is none of the matters that are offered."""
    form = clerk.get("/desk/file/hotline_12319/litter", status=200).form(button="File it")
    offered = form.fill(**told).send("File it", status=200)
    anew = offered.form(button="File it as a new report")
    return anew.send("File it as a new report", status=status)


def _is_found_by_number_and_source(clerk: Browser, made: str, other: str) -> None:
    """The order's number is looked up, the source is shown and narrows the list."""
    found = clerk.get("/desk/?number=12319-9002", status=200)
    assert made in found.text
    narrowed = clerk.get("/desk/?task=all&source=hotline_12319", status=200)
    assert made in narrowed.text
    assert other not in narrowed.text


def test_r175_a_liaison_officer_files_an_opinion_of_units_without_anybodys_name(
    database: Database,
) -> None:
    tree = ready(database)
    with database.write() as session:
        officer = accounts.staff(session, "liaison_officer", area=tree[COMMUNITY])
        units = replace(FOR_HER, behalf=Behalf.UNITS)
        number = file_one(session, officer, units, words="早市收摊后没人扫").number
        (behind,) = reporters_of(session, case_row(session, number))
        assert (behind.sealed_name, behind.sealed_phone) == (None, None)
        proxy = proxy_of(session, case_row(session, number))
        assert proxy is not None
        assert (proxy.behalf, proxy.consent_way, proxy.relation) == (Behalf.UNITS, None, None)
        with pytest.raises(Forbidden):
            file_one(session, officer, CALL)


def test_p2_consent_taken_back_removes_name_number_words_and_paper_once(
    database: Database,
) -> None:
    tree = ready(database)
    clean = clean_photo(jpeg(), CITY_ZONE)
    with database.write() as session:
        agent = accounts.staff(session, "community_committee", area=tree[COMMUNITY])
        token = keep_upload(session, clean, owner="desk", now=now())
        # the filing looks for it
        session.flush()
        signed = replace(FOR_HER, consent_way=ConsentWay.PAPER, papers=1)
        who = filer(session, agent, papers=KeptPhotos("desk", (token,)))
        told = answers(contact=Contact.PHONE, phone=PHONE)
        number = file_for(session, told, signed, who, now=now()).number
        case = case_row(session, number)
        (behind,) = reporters_of(session, case)
        paper = session.scalars(select(CaseProxy.paper_key)).one() or ""
        copies = ReportsOfAPerson()
        resident = accounts.person(session, phone=PHONE)
        resident.phone_verified_at = now()
        session.flush()
        assert "case_proxy" in {row["table"] for row in copies.export(session, resident.id)}
        blobs = instance_of(session).blobs
        assert blobs.open(paper)
    with database.write() as session:
        withdraw_consent(session, behind, now=now())
    with database.write() as session:
        (row,) = reporters_of(session, case)
        assert (row.sealed_name, row.sealed_phone, row.phone_hash) == (None, None, None)
        proxy = session.scalars(select(CaseProxy)).one()
        assert (proxy.relation, proxy.consent_words, proxy.paper_key) == (None, None, None)
        assert proxy.withdrawn_at is not None
        assert {text.text for text in session.scalars(select(CaseText))} == {""}
        assert copies.export(session, resident.id) == []
        with pytest.raises(KeyError):
            blobs.open(paper)
        with pytest.raises(Refused) as refused:
            withdraw_consent(session, row, now=now())
        assert refused.value.code is FilingRefusal.WITHDRAWN


def test_two_callers_at_one_desk_are_two_people_behind_one_matter(database: Database) -> None:
    tree = ready(database)
    with database.write() as session:
        desk = accounts.staff(session, "street_desk", area=tree["370283001"])
        number = reports.listed(session, tree, "路灯坏了").number
        for words in ("我也看到了", "还没修"):
            call = replace(CALL, external_number="")
            case, who = case_row(session, number), filer(session, desk)
            join_for(session, case, answers(words=words), call, who, now=now())
        assert joined_count(session, case_row(session, number)) == 2


def test_p2_of_two_residents_behind_one_matter_the_one_who_takes_back_is_forgotten(
    app: Flask, database: Database
) -> None:
    """The page once knew the matter alone, and forgot whoever was joined to it last."""
    tree = ready(database)
    with database.write() as session:
        agent = accounts.staff(session, "community_committee", area=tree[COMMUNITY])
        number = reports.listed(session, tree, "路灯坏了").number
        for name, phone in (("陈奶奶", PHONE), ("周爷爷", "13800001367")):
            told = answers(contact=Contact.PHONE, phone=phone)
            hers, who = replace(FOR_HER, name=name), filer(session, agent)
            join_for(session, case_row(session, number), told, hers, who, now=now())
    clerk = Browser(app)
    accounts.sign_in_as(clerk.client, agent)
    clerk.in_language("en")
    mine = clerk.get("/desk/filed", status=200)
    addresses = [str(link["href"]) for link in mine.soup.select("main h2 a")]
    assert len(set(addresses)) == 2
    first = clerk.get(addresses[-1], status=200).click("She takes her consent back", status=200)
    first.form().send("Take it back and delete it", status=200)
    with database.read() as session:
        vault = instance_of(session).vault
        rows = reporters_of(session, case_row(session, number))
        names = [vault.unseal(row.sealed_name) for row in rows if row.sealed_name]
        assert names == ["周爷爷"]


def test_two_desks_that_take_the_same_order_at_once_make_one_case(database: Database) -> None:
    tree = ready(database)
    with database.write() as session:
        desks = [accounts.staff(session, "street_desk", area=tree["370283001"]) for _ in "ab"]
        who = [filer(session, desk) for desk in desks]
    told = race(
        database,
        [
            lambda session, one=one: file_for(session, answers(), CALL, one, now=now())
            for one in who
        ],
    )
    assert told == ["done", "filing.known_number"]
    with database.read() as session:
        assert len(session.scalars(select(Case)).all()) == 1

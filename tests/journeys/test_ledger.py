"""The ledger in one piece, on the pages of everybody in it: earned by a shift, spent, a deduction
that is proposed, confirmed, told, objected to and won, proved by a stranger, left behind."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select
from time_machine import travel

from credit.cli import ledger
from credit.models import AccountHolder, Matter
from credit.queries.accounts import accounts_of
from credit.rules.kinds import Party
from credit.rules.leaf import Unit
from credit.service import Holder, Posted, record_fact
from credit.service.due import settle_due
from credit.service.process import check_proposals, run_clocks
from credit.service.sealing import seal_due
from portal.accounts.models import Person
from portal.kernel import clock
from portal.kernel.db import Database
from tests.accounts.test_cards import printed
from tests.accounts.test_cli import Tools
from tests.journeys.town import MONDAY, Town, code_of, person_of, small_town
from tests.make.accounts import staff
from tests.make.credit import DISTRICT
from tests.make.guard import PDF
from tests.make.photos import jpeg
from tests.pages import Browser, Page

PHONE = "13800001283"
COMMUNITY = "370283001001"
ACT = "在路边丢下一袋垃圾"
RULES = (
    {"code": "shift", "fact": "shift_done", "title": "志愿服务", "points": "2"},
    {"code": "litter", "fact": "littering", "title": "乱扔垃圾", "points": "3",
     "rule_class": "deduction", "proposers": ["street_desk"]},
)  # fmt: skip
WRITTEN = {"source_text": "自律规范第三条", "evidence": "签到记录", "life_days": "60"}


class LedgerTown(Town):
    """A town with deductions: who switches them on, who answers objections, and one resident."""

    people: dict[str, Person]
    me: Browser

    def begin(self) -> None:
        """Two administrators, two reviewers, a committee; rules, a basis, the switch by pages."""
        self._employ()
        for rule in RULES:
            page = self.at("administrator").get("/admin/rules/new", status=200)
            form = page.form(button="Look at the differences")
            page = form.fill(**WRITTEN, **rule, valid_from="2026-11-02").send(status=200)
            page.form(button="Publish it").send(status=200)
        page = self.at("administrator").get("/desk/deductions/bases/new", status=200)
        page.form().fill(
            kind="convention", title="东阁街道居民公约（演示）", reference="第三条",
            source="公布栏", valid_from="2026-01-01",
        ).send(status=200)  # fmt: skip
        self._switch_on()
        self.later(minutes=2)
        self.jobs()
        self.me = self._open_account()
        # only what happens after the rule and after her own yes can be meant
        self.days_later(1)

    def _employ(self) -> None:
        whole, quarter = self.city.tree[DISTRICT], self.city.tree[COMMUNITY]
        posts = (
            ("administrator", "administrator", whole),
            ("other_administrator", "administrator", whole),
            ("reviewer", "credit_reviewer", None), ("other_reviewer", "credit_reviewer", None),
            ("committee", "community_committee", quarter),
            ("other_committee", "community_committee", quarter),
        )  # fmt: skip
        with self.database.write() as session:
            self.people = {name: staff(session, role, area=area) for name, role, area in posts}

    def at(self, who: str) -> Browser:
        """Also those whom only this town has."""
        if who in self.people and who not in self.browsers:
            self.browsers[who] = self.city.browser(self.people[who])
        return super().at(who)

    def _switch_on(self) -> None:
        form = self.at("administrator").get("/admin/deductions", status=200).form(button="Propose")
        form.fill(basis="居民公约（演示）第三条", responsible="李负责", post="局长")
        form.attach("document", PDF, "assessment.pdf", "application/pdf")
        form.send("Propose", status=200)
        page = (
            self.at("other_administrator")
            .get("/admin/deductions", status=200)
            .click("Read and confirm")
        )
        page.form().send("Switch deductions on", status=200)

    def _open_account(self) -> Browser:
        """At the committee, which sees that she is of age; her phone she adds herself."""
        form = self.at("committee").get("/desk/cards/new", status=200).form()
        page = form.fill(name="王秀英", age_band="adult").send(status=200)
        address, _, pin = printed(page)
        me = self.resident()
        form = me.get(address.removeprefix("http://127.0.0.1:8000"), status=200).form()
        assert form.fill(pin=pin).send(status=200).path == "/me"
        me.get("/me/phone", status=200).form().fill(phone=PHONE).send(status=200)
        page = me.get("/me/phone/code", status=200)
        page.form().fill(code=code_of(self, PHONE)).send(status=200)
        page = me.get("/credit/conventions", status=200)
        page.form(button="I agree to").send(status=200)
        return me

    def jobs(self) -> None:
        """What the worker does by itself."""
        now = clock.now()
        check_proposals(self.database, now)
        settle_due(self.database, now)
        run_clocks(self.database, now)
        seal_due(self.database, now)

    def days_later(self, days: int) -> None:
        """Everybody of the staff comes back after some days and signs in anew."""
        self.later(days=days)
        self.jobs()
        self.sign_out()

    # --- the desk ---------------------------------------------------------------------------------

    def deduct(self) -> str:
        """Proposed by the street desk with a photo, let through, confirmed by the centre."""
        self.sign_out()
        page = self.at("desk").get("/desk/deductions/", status=200).click("Propose a deduction")
        form = page.form().fill(
            subject=PHONE, act=ACT, day=clock.now().date().isoformat(), clock="09:30",
            place="东阁街道", source="第九次巡查",
        )  # fmt: skip
        page = form.attach("files", jpeg()).send("Propose", status=200)
        assert "Waiting for a second person" in page.text
        number = page.path.rpartition("/")[2]
        # whoever proposes cannot confirm, and nobody is told before somebody has
        self.at("desk").get(f"/desk/deductions/{number}/confirm", status=404)
        assert "credit.notice" not in self.templates(PHONE)
        self.me.get(f"/credit/matters/{number}", status=404)
        self.later(hours=1)
        self.jobs()
        page = self.at("centre").get("/desk/deductions/", status=200).click("乱扔垃圾", status=200)
        page = page.click("Confirm and announce it", status=200)
        assert page.form().send(status=422).errors
        page.form().fill(no_interest=True).send(status=200)
        return number

    def answer(self, reviewer: Browser, number: str, decision: str, reason: str) -> Page:
        page = reviewer.get(f"/desk/deductions/{number}", status=200)
        page = page.click("Answer the objection", status=200)
        form = page.form().fill(decision=decision, reason=reason, no_interest=True)
        return form.send(status=200)

    # --- the resident -----------------------------------------------------------------------------

    def mine(self, number: str) -> Page:
        return self.me.get(f"/credit/matters/{number}", status=200)

    def object(self, number: str, words: str, link: str = "Object", **photo: bytes) -> Page:
        form = self.mine(number).click(link, status=200).form().fill(statement=words)
        for name, content in photo.items():
            form.attach(name, content)
        return form.send(status=200)

    def conduct(self) -> tuple[int, int]:
        """Balance and what is held against her."""
        who = person_of(self, PHONE)
        with self.database.read() as session:
            rows = accounts_of(session, Party.PERSON, who.id)
        found = [(row.balance, row.held) for row in rows if row.unit is Unit.CONDUCT]
        return found[0] if found else (0, 0)

    # --- what is proved ---------------------------------------------------------------------------

    def verify(self) -> None:
        """``gongzhi ledger verify``, on a machine that trusts nothing kept beside the entries."""
        self.later(minutes=2)
        self.jobs()
        tools = Tools(self.database, self.app.extensions["gongzhi_instance"], self.app)
        result = CliRunner().invoke(ledger, ["verify"], obj=tools)
        assert result.exit_code == 0, result.output
        assert ", 0 waiting" in result.output


@pytest.fixture
def town(app: Flask, database: Database) -> Iterator[LedgerTown]:
    with travel(MONDAY) as at:
        small = small_town(app, database, at)
        town = LedgerTown(small.city, small.clock, checks=small.checks)
        town.begin()
        yield town


def test_earned_spent_deducted_objected_to_won_proved_offline_and_left(
    town: LedgerTown, tmp_path: Path
) -> None:
    _earn(town)
    _spend(town)
    number = town.deduct()
    _is_told(town, number)
    _loses_then_wins(town, number)
    files = _downloads(town, tmp_path)
    _is_right(files)
    town.verify()
    _leaves(town)
    _is_right(files)
    town.verify()


def _earn(town: LedgerTown) -> None:
    """Agreed to on her page; the shift itself is told by the package of shifts, as a fact."""
    page = town.me.get("/credit/", status=200)
    page.form(button="Write down my points").send(status=200)
    at, who = clock.now(), person_of(town, PHONE)
    with town.database.write() as session:
        outcome = record_fact(
            session, district=DISTRICT, fact="shift_done", source="shift:ZY-7", times=3,
            holder=Holder.person(who.id), happened_at=at, now=at, by={"en": "Dongge Street"},
        )  # fmt: skip
    assert isinstance(outcome, Posted)
    page = town.me.get("/credit/", status=200)
    assert "+6" in page.text
    assert "Dongge Street" in page.text
    assert "You agreed to be held to a convention" in page.text


def _spend(town: LedgerTown) -> None:
    """Offered by one of the committee, checked by the other; kept for her, fetched by its code."""
    writer, checker = town.at("committee"), town.at("other_committee")
    page = writer.get("/desk/benefits/new", status=200)
    page = page.form().fill(
        kind="goods", title_zh_hans="环保购物袋", words_zh_hans="帆布袋一个",
        title_en="Shopping bag", offered_by="东阁社区", area=COMMUNITY, price="4",
        pick_up="社区服务中心", stock="1", hold_days="7", valid_from="2026-11-02",
    ).send(status=200)  # fmt: skip
    code = page.path.rpartition("/")[2]
    page = checker.get(f"/desk/benefits/{code}/check", status=200)
    page.form().fill(declared=True).send(status=200)
    page = town.me.get("/credit/", status=200).click("What points are good for", status=200)
    page = page.click("Shopping bag", status=200)
    kept = page.form(button="Have it kept for me").send(status=200)
    shown = writer.get("/desk/benefits/hand-out", status=200).form()
    found = shown.fill(code=kept.soup.select(".receipt-code")[0].get_text(strip=True)).send()
    assert "王**" in found.text
    found.form(button="It was handed out").send(status=200)
    page = town.me.get("/credit/", status=200).click("What points are good for", status=200)
    assert "Fetched, points spent" in page.click("What is kept for me", status=200).text
    with town.database.read() as session:
        rows = accounts_of(session, Party.PERSON, person_of(town, PHONE).id)
    assert [(row.balance, row.held) for row in rows if row.unit is Unit.POINTS] == [(2, 0)]


def _is_told(town: LedgerTown, number: str) -> None:
    """On her page, by a message that names no act, and on paper; nothing counts yet (L7)."""
    assert town.conduct() == (0, 3)
    letter = town.letters(PHONE)[-1]
    assert letter["template"] == "credit.notice"
    assert ACT not in letter["text"]
    page = town.me.get("/me", status=200).click("about you", status=200).click("乱扔垃圾")
    assert page.path == f"/credit/matters/{number}"
    assert "This does not count yet." in page.text
    assert len(page.soup.select("img[src*='/photos/']")) == 1
    paper = town.at("desk").get(f"/desk/deductions/{number}/letter", status=200)
    for words in (ACT, "东阁街道居民公约（演示）", "I object", "Photos: 1."):
        assert words in paper.text


def _loses_then_wins(town: LedgerTown, number: str) -> None:
    """The first answer lets it stand; the next step, by somebody else, lets it fall (L9)."""
    page = town.object(number, "那天我在外地，有车票。", photos=jpeg())
    assert "Disputed, not in effect" in page.text
    assert len(page.soup.select("img[src*='/photos/']")) == 2
    assert town.templates(PHONE)[-1] == "credit.objection_opened"
    assert "Disputed" in town.me.get("/credit/", status=200).text
    first, second = town.at("reviewer"), town.at("other_reviewer")
    # who proposed or confirmed does not answer
    for who in ("desk", "centre"):
        town.at(who).get(f"/desk/deductions/{number}/decide", status=404)
    town.answer(first, number, "upheld", "车票的日期看不清")
    assert town.templates(PHONE)[-1] == "credit.objection_upheld"
    assert "车票的日期看不清" in town.mine(number).text
    town.object(number, "这是清楚的照片。", "Ask for a review", photos=jpeg(700, 900))
    first.get(f"/desk/deductions/{number}/take-on", status=404)
    page = second.get(f"/desk/deductions/{number}", status=200).click("Accept", status=200)
    page.form().fill(no_interest=True).send(status=200)
    town.answer(second, number, "granted", "车票属实，予以撤销")
    assert town.templates(PHONE)[-1] == "credit.deduction_ended"
    page = town.mine(number)
    assert "Voided, never counted" in page.text
    assert "车票属实，予以撤销" in page.text
    assert town.conduct() == (0, 0)


def _downloads(town: LedgerTown, folder: Path) -> dict[str, Path]:
    """Her receipt and its details, the programs to check them with, and the key from a poster."""
    town.later(minutes=2)
    town.jobs()
    page = town.me.get("/credit/", status=200).click("乱扔垃圾", status=200)
    assert "Deduction voided" in page.text
    me, here = town.me, page.path
    found = {
        "entry.tlog-proof": me.get(f"{here}/proof", status=200).response.data,
        "details.json": me.get(f"{here}/details.json", status=200).response.data,
        "check.py": town.passer_by.get("/credit/check/check.py", status=200).response.data,
        "check-details.py": town.passer_by.get("/credit/check/check-details.py").response.data,
        "key": town.passer_by.get("/credit/log/vkey", status=200).response.data.strip(),
    }
    for name, content in found.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in found}


def _is_right(files: dict[str, Path]) -> None:
    """What a stranger's machine says, without this portal."""
    receipt, key = files["entry.tlog-proof"], files["key"].read_text("utf-8")
    leaf = json.loads(_run(files["check.py"], receipt, key))
    assert leaf["kind"] == "deduction_void"
    said = _run(files["check-details.py"], receipt, files["details.json"]).decode()
    assert '"grant"' in said


def _run(program: Path, *given: object) -> bytes:
    words = [sys.executable, "-I", str(program), *map(str, given)]
    done = subprocess.run(words, capture_output=True, timeout=60, check=False, cwd=program.parent)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _leaves(town: LedgerTown) -> None:
    """Her ledger goes, then her account: nothing leads to her, and the log is what it was."""
    page = town.me.get("/credit/erase", status=200)
    page.form(button="Erase my points").fill(sure=True).send(status=200)
    assert "There is no entry yet." in town.me.get("/credit/", status=200).text
    town.verify()
    town.me.get("/me/erase", status=200).form().fill(sure=True).send(status=200)
    assert town.me.get("/credit/", status=200).soup.select("a[href^='/sign-in']")
    with town.database.read() as session:
        assert session.scalars(select(AccountHolder)).all() == []
        assert session.scalars(select(Matter.subject_person_id)).all() == [None]


def test_nobody_answers_in_time_and_the_clock_voids_it(town: LedgerTown) -> None:
    number = town.deduct()
    town.object(number, "那不是我丢的。", photos=jpeg())
    town.days_later(2)
    assert "Disputed, not in effect" in town.mine(number).text
    # Wednesday, Thursday and Friday were three working days
    town.later(days=2)
    # the page knows before any job has run
    assert "Voided, never counted" in town.mine(number).text
    town.jobs()
    assert town.templates(PHONE)[-1] == "credit.deduction_ended"
    assert "Not answered in time" in town.mine(number).text
    assert town.conduct() == (0, 0)
    town.sign_out()
    town.at("reviewer").get(f"/desk/deductions/{number}/decide", status=404)
    town.verify()


def test_what_counts_already_is_reversed_when_she_wins(town: LedgerTown) -> None:
    number = town.deduct()
    town.days_later(16)
    assert town.templates(PHONE)[-1] == "credit.deduction_posted"
    assert town.conduct() == (-3, 0)
    page = town.object(number, "我刚看到通知，那不是我。", photos=jpeg())
    assert "In effect, disputed" in page.text
    page = town.answer(town.at("reviewer"), number, "granted", "认错了人")
    assert "Reversed" in page.text
    assert "Reversed" in town.mine(number).text
    assert town.conduct() == (0, 0)
    town.verify()


def test_what_is_put_right_in_time_never_counts(town: LedgerTown) -> None:
    number = town.deduct()
    page = town.at("desk").get(f"/desk/deductions/{number}", status=200)
    page.click("Record that it was put right", status=200).form().send(status=200)
    assert town.templates(PHONE)[-1] == "credit.deduction_ended"
    assert "Voided, never counted" in town.mine(number).text
    town.later(days=20)
    town.jobs()
    assert town.conduct() == (0, 0)
    town.verify()

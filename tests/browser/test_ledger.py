"""The ledger in a real browser: agree, earn by a shift, see it, prove it with software that is not
ours, and leave; and a deduction from the desk to its end, through the windows of five people."""

import base64
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tlog_scales.signing import Vkey
from tlog_scales.tlog import Checkpoint, InclusionProof

from credit.service import Holder, Posted, record_fact
from credit.service.process import check_proposals
from credit.service.sealing import seal
from credit.service.verifying import verify
from portal.accounts.models import Person
from portal.accounts.queries import person_by_phone
from portal.areas.models import Area
from portal.kernel.clock import now
from tests.browser import rules
from tests.browser.conftest import Opener
from tests.browser.screen import Screen, Site
from tests.browser.served import served
from tests.make import accounts
from tests.make.demo import PLACE, bare_city
from tests.make.photos import jpeg
from tests.make.process import World, switch_on, world


def district() -> str:
    return PLACE[:6]


def earn(site: Site, source: str) -> None:
    """What the package of shifts does when a shift is over; then the sealer's turn."""
    with site.database.write() as session:
        who = person_by_phone(session, f"+86{site.phone_of('volunteer_organiser')}")
        assert who is not None
        outcome = record_fact(
            session, district=district(), fact="shift_done", source=source,
            holder=Holder.person(who.id), happened_at=now(), now=now(),
            by={"zh_Hans": "东阁街道", "en": "Dongge Street"},
        )  # fmt: skip
    assert isinstance(outcome, Posted)
    seal(site.database, now())


def download(window: Screen, words: str, folder: Path) -> Path:
    with window.page.expect_download() as found:
        window.page.locator("main a", has_text=words).first.click()
    path = folder / found.value.suggested_filename
    found.value.save_as(path)
    return path


def prove(path: Path, key: str) -> bytes:
    """The receipt as somebody else's software sees it; the sealed entry."""
    head, _, note = path.read_text("utf-8").partition("\n\n")
    _, extra, index, *hashes = head.split("\n")
    leaf = base64.b64decode(extra.removeprefix("extra "))
    checkpoint = Checkpoint.from_text(note)
    checkpoint.verify(Vkey.from_string(key))
    way = [base64.b64decode(one) for one in hashes]
    proof = InclusionProof(int(index.removeprefix("index ")), checkpoint.size, way)
    proof.check(sha256(b"\0" + leaf).digest(), checkpoint.root_hash)
    return leaf


@pytest.mark.parametrize("width", [360, 1280])
def test_earn_by_a_shift_see_it_prove_it_offline_and_leave(
    screen: Opener, site: Site, tmp_path: Path, width: int
) -> None:
    window = screen(width, script=width == 1280)
    window.open("/credit/", "ledger-welcome")
    window.sign_in("volunteer_organiser")
    window.open("/me")
    window.press("My points and records", "ledger-before")
    window.press("Write down my points", "ledger-agreed")
    earn(site, f"shift:ZY-{width}")
    window.open("/credit/", "ledger-earned")
    assert "+2" in window.page.inner_text(".ledger")
    window.press("完成一次志愿服务", "ledger-entry")
    proof = download(window, "Download the proof", tmp_path)
    details = download(window, "Download the details", tmp_path)
    window.press("Print the receipt", "ledger-receipt")
    shown = window.page.inner_text(".receipt")
    key = next(line for line in shown.split() if line.count("+") >= 2)
    leaf = prove(proof, key)
    assert sha256(b"\0" + leaf).hexdigest() in shown
    on_paper(window)
    window.open("/credit/check", "ledger-check")
    tool = download(window, "Download check-details.py", tmp_path)
    checked = subprocess.run(
        [sys.executable, tool, proof, details], capture_output=True, timeout=60, check=False
    )
    assert checked.returncode == 0, checked.stderr
    assert f"shift:ZY-{width}" in checked.stdout.decode()
    leave(window, proof, key)


def on_paper(window: Screen) -> None:
    """The sheet alone goes onto the paper, and is no wider."""
    window.page.emulate_media(media="print")
    assert window.page.locator(".receipt").is_visible()
    assert not window.page.locator("header, footer, .ways").first.is_visible()
    assert rules.wide(window.page) == []
    window.page.emulate_media(media="screen")


def leave(window: Screen, proof: Path, key: str) -> None:
    """End the consent, and have everything erased; the proof at home still holds."""
    window.open("/credit/print", "ledger-print")
    window.open("/credit/")
    window.press("Stop writing down my points", "ledger-ended")
    window.press("Erase my points and records", "ledger-erase")
    window.press("Yes, erase my points and records for good")
    window.press("Erase my points and records", "ledger-erased")
    assert "There is no entry yet." in window.page.inner_text("main")
    assert prove(proof, key)


@pytest.fixture(scope="module")
def quiet(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The shipped city without its demo, for those who switch deductions on."""
    with served(tmp_path_factory.mktemp("quiet"), sqlite_template, bare_city) as site:
        yield site


def places_of(session: Session) -> dict[str, Area]:
    return {area.code: area for area in session.scalars(select(Area)) if area.code in PLACE}


@dataclass
class Walk:
    """Windows of 360 px without script, one for each of the people whom a deduction takes."""

    open_window: Opener
    site: Site
    made: World

    def window(self, who: Any) -> Screen:
        """A window of somebody who is signed in."""
        window: Screen = self.open_window(360, script=False)
        window.site = self.site
        with self.site.database.read() as session:
            person = session.get_one(Person, getattr(who, "person_id", None) or who.id)
        name, value = accounts.session_cookie(self.site.app, person)
        cookie = {"name": name, "value": value, "url": self.site.origin}
        window.page.context.add_cookies([cookie])
        return window

    def verify(self) -> None:
        seal(self.site.database, now())
        assert verify(self.site.database, now=now()).problems == []


def test_a_deduction_at_the_desk_told_objected_to_won_proved_by_a_stranger_and_left(
    screen: Opener, quiet: Site, tmp_path: Path
) -> None:
    began = now() - timedelta(days=30)
    made = world(quiet.database, at=began, places=places_of)
    switch_on(made, began)
    walk = Walk(screen, quiet, made)
    paper = tmp_path / "ticket.jpg"
    paper.write_bytes(jpeg(900, 700))
    desk = walk.window(made.proposer)
    number = propose(desk, made, paper)
    check_proposals(quiet.database, now() + timedelta(hours=1))
    confirm(walk.window(made.centre))
    print_letter(desk, number)
    mine = walk.window(made.subject)
    object_to(mine, paper)
    answer(walk.window(made.reviewer), "The deduction stands", "车票的日期看不清。")
    ask_for_a_review(mine, number)
    other = walk.window(made.second_reviewer)
    take_on(other)
    answer(other, "The deduction falls", "车票属实，予以撤销。")
    walk.verify()
    proof = win(mine, number, tmp_path)
    leave_for_good(mine)
    walk.verify()
    tool = published(mine, tmp_path)
    key = mine.page.locator(".ledger-key").first.inner_text()
    checked = subprocess.run(
        [sys.executable, "-I", tool, proof, key], capture_output=True, timeout=60, check=False
    )
    assert checked.returncode == 0, checked.stderr
    assert b'"kind":"deduction_void"' in checked.stdout


def propose(window: Screen, made: World, paper: Path) -> str:
    window.open("/desk/deductions/", "desk-empty")
    window.press("Propose a deduction", "desk-new")
    window.press("Propose", "desk-new-error")
    page, at = window.page, now() - timedelta(days=1)
    typed = {
        "subject": made.subject.number, "act": "在河边倒了一桶水", "place": "东阁街道",
        "day": at.date().isoformat(), "clock": "09:30", "source": "第九次巡查",
    }  # fmt: skip
    for name, words in typed.items():
        page.fill(f"[name={name}]", words)
    page.set_input_files("input[type=file]", str(paper))
    window.press("Propose", "desk-proposed")
    assert "Waiting for a second person" in page.inner_text("main")
    return str(page.url.rpartition("/")[2])


def confirm(window: Screen) -> None:
    window.open("/desk/deductions/", "desk-to-confirm")
    window.press("乱扔垃圾", "desk-waiting")
    window.press("Confirm and announce it", "desk-confirm")
    window.page.check("[name=no_interest]")
    window.press("Confirm and announce it", "desk-announced")
    assert "Announced, not in effect" in window.page.inner_text("main")


def print_letter(window: Screen, number: str) -> None:
    window.open(f"/desk/deductions/{number}")
    window.press("Letter to print", "desk-letter")
    window.page.emulate_media(media="print")
    assert window.page.locator(".sheet").is_visible()
    assert rules.wide(window.page) == []
    window.page.emulate_media(media="screen")


def object_to(window: Screen, paper: Path) -> None:
    window.open("/me", "me-told")
    window.press("about you", "matters-told")
    window.press("乱扔垃圾", "matter-told")
    assert "在河边倒了一桶水" in window.page.inner_text("main")
    window.press("Object", "matter-object")
    window.press("Send my objection", "matter-object-error")
    window.page.fill("[name=statement]", "那天我在外地，有车票。")
    window.page.set_input_files("input[type=file]", str(paper))
    window.press("Send my objection", "matter-disputed")
    assert "Disputed, not in effect" in window.page.inner_text("main")


def ask_for_a_review(window: Screen, number: str) -> None:
    window.open(f"/credit/matters/{number}", "matter-upheld")
    window.press("Ask for a review", "matter-review")
    window.page.fill("[name=statement]", "请再看一次车票。")
    window.press("Send my objection", "matter-disputed-again")
    assert "Disputed, not in effect" in window.page.inner_text("main")


def take_on(window: Screen) -> None:
    window.open("/desk/deductions/")
    window.press("乱扔垃圾", "desk-review")
    window.press("Accept the complaint", "desk-take-on")
    window.page.check("[name=no_interest]")
    window.press("Accept the complaint", "desk-taken-on")


def answer(window: Screen, decision: str, reason: str) -> None:
    window.open("/desk/deductions/", "desk-disputed")
    window.press("乱扔垃圾")
    window.press("Answer the objection", "desk-answer")
    window.press(decision)
    window.page.fill("[name=reason]", reason)
    window.page.check("[name=no_interest]")
    window.press("Answer the objection", "desk-answered")


def win(window: Screen, number: str, folder: Path) -> Path:
    """She reads why, and takes the proof of it home."""
    window.open(f"/credit/matters/{number}", "matter-won")
    shown = window.page.inner_text("main")
    assert "Voided, never counted" in shown
    assert "车票属实，予以撤销。" in shown
    window.open("/credit/", "ledger-after-winning")
    voided = window.page.locator(".ledger-row", has_text="Deduction voided").first
    voided.locator(".ledger-title a").click()
    window.look("entry-voided")
    return download(window, "Download the proof", folder)


def leave_for_good(window: Screen) -> None:
    window.open("/credit/erase")
    window.press("Yes, erase my points and records for good")
    window.press("Erase my points and records", "ledger-left")
    assert "There is no entry yet." in window.page.inner_text("main")


def published(window: Screen, folder: Path) -> Path:
    """The published program, as anybody downloads it."""
    window.open("/credit/check")
    return download(window, "Download check.py", folder)


def test_the_demo_has_something_to_show(screen: Opener) -> None:
    for width in (360, 1280):
        for language in ("zh_Hans", "en"):
            window: Any = screen(width, language=language)
            window.site.phone_of("resident")
            window.open("/sign-in/password")
            window.page.fill("[name=phone]", window.site.phone_of("resident"))
            window.page.fill("[name=password]", "gongzhi-demo")
            window.page.locator("main form button").first.click()
            window.open("/credit/", f"ledger-demo-{language}")
            assert window.page.locator(".ledger-row").count() >= 6

"""The ledger in a real browser: agree, earn by a shift, see it, prove it with software that is not
ours, and leave."""

import base64
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from tlog_scales.signing import Vkey
from tlog_scales.tlog import Checkpoint, InclusionProof

from credit.queries.matters import matter_by_number
from credit.service import Holder, Posted, record_fact
from credit.service.process import ProposalWish, check_proposals, confirm, decide, propose
from credit.service.sealing import seal
from portal.accounts.queries import person_by_phone
from portal.kernel.clock import now
from tests.browser import rules
from tests.browser.conftest import Opener
from tests.browser.screen import Screen, Site
from tests.make import accounts
from tests.make.deduction_pages import GATES
from tests.make.demo import PLACE
from tests.make.photos import jpeg


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


def announce(site: Site) -> str:
    """A deduction about the demo's resident: proposed, let through, confirmed; its number."""
    with site.database.write() as session:
        wish = ProposalWish(
            subject=site.people["resident"].number, rule_code="litter", basis=site.things["basis"],
            act="在河边倒了一桶水", place="东阁街道", happened_at=now(), source="第九次巡查",
        )  # fmt: skip
        desk = accounts.actor(session, site.people["street_desk"])
        number = propose(session, district(), wish, actor=desk, gates=GATES, now=now())
    check_proposals(site.database, now() + timedelta(hours=1), gates=GATES)
    with site.database.write() as session:
        centre = accounts.actor(session, site.people["city_centre"])
        confirm(
            session, matter_of(session, number), no_interest=True, actor=centre, gates=GATES,
            now=now(),
        )  # fmt: skip
    return number


def matter_of(session: Session, number: str) -> UUID:
    found = matter_by_number(session, number, now())
    assert found is not None
    return found.id


def test_be_told_of_a_deduction_object_win_see_it_voided_and_prove_it(
    screen: Opener, site: Site, tmp_path: Path
) -> None:
    number = announce(site)
    window = screen(360, script=False)
    window.sign_in("resident")
    window.open(f"/credit/matters/{number}", "matter-told")
    assert "在河边倒了一桶水" in window.page.inner_text("main")
    window.press("Object", "matter-object")
    window.press("Send my objection", "matter-object-error")
    window.page.fill("[name=statement]", "那天我在外地，有车票。")
    paper = tmp_path / "ticket.jpg"
    paper.write_bytes(jpeg(900, 700))
    window.page.set_input_files("input[type=file]", str(paper))
    window.press("Send my objection", "matter-disputed")
    assert "Disputed, not in effect" in window.page.inner_text("main")
    with site.database.write() as session:
        decide(
            session, matter_of(session, number), granted=True, reason="车票属实，予以撤销。",
            no_interest=True, actor=accounts.actor(session, site.people["credit_reviewer"]),
            now=now(),
        )  # fmt: skip
    seal(site.database, now())
    window.open(f"/credit/matters/{number}", "matter-won")
    shown = window.page.inner_text("main")
    assert "Voided, never counted" in shown
    assert "车票属实，予以撤销。" in shown
    window.open("/credit/", "ledger-after-winning")
    voided = window.page.locator(".ledger-row", has_text="Deduction voided").first
    voided.locator(".ledger-title a").click()
    window.look("entry-voided")
    proof = download(window, "Download the proof", tmp_path)
    window.open("/credit/check")
    key = window.page.locator(".ledger-key").first.inner_text()
    assert b'"kind":"deduction_void"' in prove(proof, key)


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

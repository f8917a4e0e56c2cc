"""The log as a stranger sees it: over HTTP with software that is not ours, and with her eyes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
import zxingcpp
from flask import Flask
from sqlalchemy import select
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey

from credit.models import Sealed
from credit.rules.checkpoint import Checkpoint, read_checkpoint
from credit.rules.note import read_note, sign_note
from credit.service.resuming import resume_after_loss
from credit.service.sealing import seal
from portal.kernel.db import Database
from tests.credit.signers import LOG, STRANGER
from tests.credit.tamper import Copy
from tests.credit.test_sealing import files_of, give
from tests.make.credit import NOW, adult
from tests.make.pictures import picture_of_svg
from tests.pages import Browser, Page

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    with time_machine.travel(NOW + DAY, tick=False):
        yield


class Outside:
    """What tlog-scales asks of a log, answered over HTTP by the portal (its ``TilesBackend``)."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.asked: list[str] = []

    def get(self, *path: str) -> bytes | None:
        url = "/credit/log/" + "/".join(path)
        self.asked.append(url)
        answer = self.client.get(url)
        return answer.data if answer.status_code == 200 else None


def sealed(database: Database, *counts: int) -> list[Checkpoint]:
    """The checkpoints of several sealings, as they were served."""
    found, mine = [], None
    for at, count in enumerate(counts):
        mine = give(database, count, mine)
        seal(database, NOW + at * timedelta(hours=1))
        found.append(read_checkpoint(read_note(files_of(database).published() or b"").text))
    return found


def letters(root: bytes) -> str:
    return root.hex().upper()


def test_a_stranger_s_program_proves_every_entry_and_that_the_log_only_grew(
    app: Flask, database: Database
) -> None:
    old, new = sealed(database, 270, 300)
    outside = Outside(app)
    reader = TilesReader(outside)
    checkpoint = reader.get_checkpoint()
    key = app.test_client().get("/credit/log/vkey").text.splitlines()[0]
    checkpoint.verify(Vkey.from_string(key))
    assert (checkpoint.size, checkpoint.root_hash) == (570, new.root)
    assert reader.calculate_root_hash() == new.root
    reader.get_consistency_proof(270, 570).check(old.root, new.root)
    with database.read() as session:
        leaves = session.scalars(select(Sealed.leaf_hash).order_by(Sealed.seq)).all()
    for seq in (0, 255, 256, 269, 270, 511, 512, 569):
        reader.get_inclusion_proof(seq, 570).check(leaves[seq], checkpoint.root_hash)
    assert any(url.endswith("tile/0/001") for url in outside.asked)


def test_what_never_changes_is_kept_for_ever_and_the_rest_is_not(
    app: Flask, database: Database
) -> None:
    sealed(database, 300)
    client = app.test_client()
    full, partial = client.get("/credit/log/tile/0/000"), client.get("/credit/log/tile/0/001.p/44")
    assert (len(full.data), len(partial.data)) == (256 * 32, 44 * 32)
    # under an address that a later log may have as well, for an hour; under its own, for ever
    assert full.headers["Cache-Control"] == "public, max-age=3600"
    assert "immutable" in client.get("/credit/log/1/tile/0/000").headers["Cache-Control"]
    for short in (partial, client.get("/credit/log/checkpoint")):
        assert short.headers["Cache-Control"] == "public, max-age=5"
    assert full.mimetype == "application/octet-stream"
    assert client.get("/credit/log/checkpoint").mimetype == "text/plain"


def test_after_a_loss_both_logs_can_be_had_and_neither_takes_the_other_s_address(
    app: Flask, database: Database, tmp_path: Path
) -> None:
    sealed(database, 256)
    yesterday = Copy.of(database, tmp_path / "copy")
    (old,) = sealed(database, 4)
    yesterday.put_back(database, files=False)
    with database.write() as session:
        two = [adult(session).id, adult(session).id]
    resume_after_loss(database, two, "disk", now=NOW)
    sealed(database, 300)
    client = app.test_client()
    first, second = (client.get(f"/credit/log/{at}/checkpoint") for at in (1, 2))
    assert read_checkpoint(read_note(first.data).text) == old
    assert second.data == client.get("/credit/log/checkpoint").data != first.data
    tiles = [client.get(f"/credit/log/{at}tile/0/000").data for at in ("1/", "2/", "")]
    assert tiles[1] == tiles[2] != tiles[0]
    assert len(tiles[0]) == 256 * 32
    assert client.get("/credit/log/3/checkpoint").status_code == 404
    assert "/credit/log/2" in client.get("/credit/log/").text


@pytest.mark.parametrize(
    "address",
    ["0/001", "0/001.p/45", "1/000", "entries/000", "0/../../../key", "0/000/", "8", "0/0"],
)
def test_no_other_file_is_to_be_had(app: Flask, database: Database, address: str) -> None:
    sealed(database, 300)
    assert app.test_client().get(f"/credit/log/tile/{address}").status_code == 404


def test_before_anything_is_sealed_there_is_nothing_and_the_pages_say_so(browser: Browser) -> None:
    for name in ("checkpoint", "vkey", "tile/0/000.p/1", "poster?size=1"):
        assert browser.client.get(f"/credit/log/{name}").status_code == 404
    browser.in_language("en")
    for name in ("", "poster"):
        page = browser.get(f"/credit/log/{name}", status=200)
        assert "Nothing was sealed here yet." in page.text
    page = browser.get(f"/credit/log/compare?size=1&root={'a' * 64}", status=200)
    assert "Nothing was sealed here yet" in page.text


def test_the_page_names_checkpoint_key_and_ways_to_check(
    browser: Browser, database: Database
) -> None:
    (told,) = sealed(database, 5)
    page = browser.in_language("en").get("/credit/log/", status=200)
    assert "".join(str(code.string) for code in page.soup.select(".root code")) == told.root.hex()
    key = files_of(database).verifier()
    assert [code.get_text() for code in page.soup.select(".key-line code")] == [str(key)]
    assert "Number of entries 5" in page.text


def _code_of(page: Page) -> str:
    (found,) = zxingcpp.read_barcodes(picture_of_svg(str(page.soup.select_one(".sheet .code svg"))))
    return str(found.text)


def test_a_poster_leads_the_telephone_to_the_answer_for_just_its_checkpoint(
    browser: Browser, database: Database, app: Flask
) -> None:
    (old,) = sealed(database, 5)
    browser.in_language("en")
    poster = browser.get("/credit/log/poster", status=200)
    assert "".join(str(code.string) for code in poster.soup.select(".root code")) == old.root.hex()
    assert str(files_of(database).verifier()) in poster.text
    assert "Stamp and date" in poster.text
    # it hangs there for years
    assert "The sealed ledger on 29 November 2026" in poster.text
    mine = give(database, 300)
    seal(database, NOW + DAY)
    origin = app.extensions["gongzhi_instance"].config.origin
    scanned = _code_of(poster)
    assert scanned.startswith(f"{origin}/credit/log/compare?")
    page = browser.get(scanned.removeprefix(origin), status=200)
    assert "Today’s ledger contains it unchanged." in page.text
    assert "Today’s number of entries: 305" in page.text
    # the same poster can be printed again
    again = browser.get("/credit/log/poster?size=5", status=200)
    assert _code_of(again) == scanned
    for unknown in ("6", "x", "-1", "9" * 30):
        assert browser.get(f"/credit/log/poster?size={unknown}").status == 404
    assert mine


@pytest.mark.parametrize("typed", ["whole", "upper", "grouped", "first", "base64", "full width"])
def test_letters_may_be_typed_as_they_stand_on_the_poster(
    browser: Browser, database: Database, typed: str
) -> None:
    old, _ = sealed(database, 5, 3)
    root = old.root.hex()
    ways = {
        "whole": root,
        "upper": root.upper(),
        "grouped": " ".join(root[at : at + 4] for at in range(0, 64, 4)),
        "first": root[:16],
        "base64": old.text().split("\n")[2],
        "full width": "".join(chr(ord(c) + 0xFEE0) for c in root[:20]),
    }
    page = browser.in_language("en").get("/credit/log/compare")
    page = page.form().fill(size="5", root=ways[typed]).send(status=200)
    assert "Today’s ledger contains it unchanged." in page.text
    counted = {"first": "16 of the 64", "full width": "20 of the 64"}.get(typed)
    assert (counted or "of the 64") in page.text if counted else "of the 64" not in page.text


def test_a_log_that_was_changed_is_found_out_from_a_poster(
    browser: Browser, database: Database
) -> None:
    old, new = sealed(database, 5, 3)
    browser.in_language("en")
    other = letters(bytes([old.root[0] ^ 1]) + old.root[1:])
    page = browser.get(f"/credit/log/compare?size=5&root={other}", status=200)
    assert "Today’s ledger does not contain it." in page.text
    assert "Tell the city’s auditors" in page.text
    page = browser.get(f"/credit/log/compare?size=9&root={letters(new.root)}", status=200)
    assert "more entries than the ledger has today" in page.text
    page = browser.get(f"/credit/log/compare?size=8&root={letters(new.root)}", status=200)
    assert "It is today’s checkpoint." in page.text


def test_tiles_that_contradict_the_checkpoint_are_our_fault_and_said_so(
    browser: Browser, database: Database
) -> None:
    old, _ = sealed(database, 5, 3)
    tile: Path = files_of(database).public / "tile/0/000.p/8"
    tile.write_bytes(bytes(8 * 32))
    page = browser.in_language("en").get(f"/credit/log/compare?size=5&root={letters(old.root)}")
    assert "our own files contradict each other" in page.text


def test_a_saved_file_is_compared_with_its_signature(browser: Browser, database: Database) -> None:
    give(database, 5)
    seal(database, NOW)
    kept = (files_of(database).published() or b"").decode()
    give(database, 2)
    seal(database, NOW)
    browser.in_language("en")

    def told(note: str) -> str:
        page = browser.get("/credit/log/compare").form().fill(note=note).send(status=200)
        return page.text

    assert "contains it unchanged" in told(kept)
    assert "bears the signature of this ledger" in told(kept)
    # as it is copied from a screen: other line ends, room around it
    assert "contains it unchanged" in told("\n  " + kept.replace("\n", "  \r\n") + "\n\n")
    head, _, _ = kept.partition("\n\n")
    assert "bears no signature" in told(head)
    read = read_checkpoint(read_note(kept.encode()).text)
    foreign = sign_note(read.text(), STRANGER.signature(read.text())).decode()
    assert "no signature of a key of this ledger" in told(foreign)
    wrong = kept.replace("\n5\n", "\n4\n")
    assert "Its signature is not right" in told(wrong)
    other = replace(read, origin="other.example/log").text()
    assert "not a checkpoint of this ledger" in told(other)
    assert LOG.name not in kept


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"size": "5"}, "Write the letters as on the poster"),
        ({"root": "a" * 64}, "Write the number of entries in digits"),
        ({"size": "five", "root": "a" * 64}, "Write the number of entries in digits"),
        ({"size": "5", "root": "abcd"}, "at least the first four groups"),
        ({"size": "5", "root": "a" * 65}, "at most 64"),
        ({"size": "5", "root": "零" * 16}, "digits and the letters a to f"),
        ({"note": "log"}, "Line 2 is missing"),
        ({"note": "\n\nlog\n5"}, "Line 5 is missing"),
        ({"note": "log\nfive\nAAAA"}, "Line 3 (“AAAA”) should be the root"),
        ({"note": f"log\n5x\n{'A' * 43}="}, "Line 2 (“5x”) should be the number"),
        ({"note": f"log\n5\n{'A' * 43}=\n\n— log AAAA"}, "Line 5 (“— log AAAA”) should be a sig"),
        ({"note": f"log\n5\n{'A' * 43}=\n\nsigned"}, "Line 5 (“signed”) should be a signature"),
        ({"note": "x" * 8_001}, "longer than any checkpoint"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line_and_kept(
    browser: Browser, typed: dict[str, str], error: str
) -> None:
    page = browser.in_language("en").get("/credit/log/compare")
    page = page.form().fill(**typed).send(status=422)
    assert any(error in words for words in page.errors), page.errors
    for name, value in typed.items():
        control = page.soup.select_one(f"[name={name}]")
        assert control is not None
        kept = control.get("value") if control.name == "input" else control.get_text()
        assert str(kept).strip() == value.strip()


def test_the_last_checkpoint_of_each_month_is_listed(browser: Browser, database: Database) -> None:
    mine = give(database, 1)
    for moment, count in ((NOW - 400 * DAY, 1), (NOW - 40 * DAY, 2), (NOW - 39 * DAY, 3), (NOW, 4)):
        give(database, count, mine)
        seal(database, moment)
    page = browser.in_language("en").get("/credit/log/checkpoints", status=200)
    cells = [str(cell.get_text()) for cell in page.soup.select("td.number")]
    assert cells == ["11", "7"]
    page = page.click("Show older")
    assert [str(cell.get_text()) for cell in page.soup.select("td.number")] == ["2"]
    assert browser.get("/credit/log/checkpoints?year=1999").status == 404
    page = browser.get("/credit/log/checkpoints").click("Poster", status=200)
    assert "Number of entries: 11" in page.text

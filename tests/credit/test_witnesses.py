"""Keyed witnesses: believed for their signature alone, and never for more than they have signed."""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, timedelta
from functools import partial
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from tlog_scales.signing import Ed25519CosignatureVerifier, NoteSignature, Vkey
from tlog_scales.tlog import Checkpoint as TheirCheckpoint
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from credit.models import Cosignature
from credit.rules.checkpoint import cosign, open_checkpoint
from credit.rules.note import KeyType, Signer, sign_note
from credit.rules.witness import CosignAnswer
from credit.service.sealing import seal
from credit.service.witnessing import take_cosignatures, witnesses_of
from portal.kernel.blobs import BlobStore
from portal.kernel.city import City, load_city
from portal.kernel.config import DEFAULT_CITY, BadSetting, Config
from portal.kernel.db import Database
from portal.kernel.instance import Instance
from portal.kernel.vault import Vault
from tests.credit.signers import LIBRARY, STRANGER, WITNESS
from tests.credit.test_sealing import files_of, give
from tests.house.tree import ROOT
from tests.make.credit import NOW
from tests.make.together import at_once
from tests.pages import Browser

MINUTE = timedelta(minutes=1)
NAMES = {"zh_Hans": "市图书馆", "zh_Hant": "市圖書館", "en": "City library"}
OTHER = {"zh_Hans": "大学", "zh_Hant": "大學", "en": "University"}


def with_witnesses(*rows: dict[str, object]) -> City:
    city = load_city(DEFAULT_CITY)
    return replace(city, raw={**city.raw, "witnesses": list(rows)})


@pytest.fixture
def instance(config: Config, database_url: str) -> Instance:
    """The demo city with two witnesses."""
    city = with_witnesses(
        {"key": str(LIBRARY.verifier), "names": NAMES},
        {"key": str(WITNESS.verifier), "names": OTHER},
    )
    config = replace(config, database_url=database_url)
    return Instance(config, city, Vault(config.secret_key), BlobStore(config.blobs))


@pytest.fixture(autouse=True)
def soon_after() -> Iterator[None]:
    with time_machine.travel(NOW + MINUTE, tick=False):
        yield


def note_of(database: Database, count: int = 3) -> bytes:
    give(database, count)
    seal(database, NOW)
    return files_of(database).published() or b""


def hand_in(app: Flask, note: bytes) -> TestResponse:
    return app.test_client().post("/credit/log/cosign?lang=en", data=note)


def test_a_cosignature_is_taken_served_and_checked_by_software_that_is_not_ours(
    app: Flask, database: Database
) -> None:
    note = note_of(database)
    assert hand_in(app, cosign(note, LIBRARY, NOW)).status_code == 200
    answer = hand_in(app, cosign(note, WITNESS, NOW + MINUTE))
    assert answer.text == "Thank you: your signature stands below the checkpoint.\n"
    served = app.test_client().get("/credit/log/checkpoint").data
    key = files_of(database).verifier()
    assert key is not None
    known = [LIBRARY.verifier, WITNESS.verifier]
    assert len(open_checkpoint(served, [key], known, quorum=2).seen) == 2
    lines = served.decode().split("\n\n")[1].splitlines()
    theirs = TheirCheckpoint.from_text(served.decode())
    vkey = Vkey.from_string(str(LIBRARY.verifier))
    mine = next(line for line in lines if LIBRARY.name in line)
    Ed25519CosignatureVerifier(vkey).verify_note(NoteSignature.from_line(mine), theirs)
    # what the sealer wrote stays as it is
    assert files_of(database).published() == note


def test_who_saw_what_stands_on_the_page(app: Flask, database: Database) -> None:
    browser = Browser(app).in_language("en")
    hand_in(app, cosign(note_of(database), LIBRARY, NOW))
    page = browser.get("/credit/log/", status=200)
    rows = {str(row.th.get_text()): row.get_text(" ") for row in page.soup.select("tbody tr")}
    assert " 3 " in rows["City library"]
    assert "nothing yet" in rows["University"]
    assert str(LIBRARY.verifier) in rows["City library"]


def test_a_checkpoint_that_grew_has_no_signature_of_before(app: Flask, database: Database) -> None:
    hand_in(app, cosign(note_of(database), LIBRARY, NOW))
    later = note_of(database)
    assert app.test_client().get("/credit/log/checkpoint").data == later
    assert hand_in(app, cosign(later, LIBRARY, NOW)).status_code == 200


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("no_note", 400), ("stranger", 403), ("log_only", 403), ("other_size", 404),
        ("other_text", 404), ("wrong", 403), ("too_early", 422), ("too_late", 422),
    ],
)  # fmt: skip
def test_what_is_no_signature_of_a_witness_is_not_kept(
    app: Flask, database: Database, answer: str, status: int
) -> None:
    note = note_of(database)
    head = note.decode().split("\n\n")[0] + "\n"
    other = head.replace("\n3\n", "\n2\n")
    stranger = Signer.from_seed("stranger.example/w", bytes(32), KeyType.COSIGNATURE)
    right = LIBRARY.signature(head, NOW)
    sent = {
        "no_note": b"hello",
        "stranger": cosign(note, stranger, NOW),
        "log_only": note,
        "other_size": sign_note(other, LIBRARY.signature(other, NOW)),
        "other_text": sign_note(f"{head}more\n", LIBRARY.signature(f"{head}more\n", NOW)),
        "wrong": sign_note(head, LIBRARY.signature(other, NOW)),
        "too_early": cosign(note, LIBRARY, NOW - timedelta(minutes=6)),
        "too_late": cosign(note, LIBRARY, NOW + timedelta(minutes=7)),
    }
    found = hand_in(app, sent[answer])
    assert (found.status_code, found.mimetype) == (status, "text/plain")
    with database.read() as session:
        assert session.scalars(select(Cosignature)).all() == []
    assert hand_in(app, sign_note(head, right)).status_code == 200


def test_the_door_takes_no_more_than_a_note_and_no_more_than_so_many(
    app: Flask, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = note_of(database)
    assert hand_in(app, b"x" * 70_000).status_code == 413
    for _ in range(120):
        assert hand_in(app, b"hello").status_code == 400
    answer = hand_in(app, cosign(note, LIBRARY, NOW))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3600")


def test_a_later_signature_takes_the_place_of_the_earlier_whoever_is_first(
    database: Database,
) -> None:
    note = note_of(database)

    def take(seconds: int) -> None:
        with database.write() as session:
            signed = cosign(note, LIBRARY, NOW + timedelta(seconds=seconds))
            answer = take_cosignatures(session, signed, address=str(seconds), now=NOW + MINUTE)
            assert answer is CosignAnswer.TAKEN

    at_once(*(partial(take, seconds) for seconds in (3, 9, 1, 7, 5, 2)))
    with database.read() as session:
        (row,) = session.scalars(select(Cosignature)).all()
        assert row.seen_at == NOW + timedelta(seconds=9)


def test_who_is_no_witness_any_more_is_served_no_longer(app: Flask, database: Database) -> None:
    note = note_of(database)
    hand_in(app, cosign(note, LIBRARY, NOW))
    instance = app.extensions["gongzhi_instance"]
    database.info["instance"] = replace(instance, city=with_witnesses())
    try:
        assert app.test_client().get("/credit/log/checkpoint").data == note
    finally:
        database.info["instance"] = instance


@pytest.mark.parametrize(
    "rows",
    [
        [{"key": "x", "names": NAMES}],
        [{"key": str(LIBRARY.verifier)}],
        [{"key": str(STRANGER.verifier), "names": NAMES}],
        [{"key": str(LIBRARY.verifier), "names": NAMES}] * 2,
        ["library"],
    ],
)
def test_a_city_file_that_cannot_be_meant_stops_the_start(rows: list[dict[str, object]]) -> None:
    with pytest.raises(BadSetting):
        witnesses_of(with_witnesses(*rows))


# --- the script of docs/operate.md ----------------------------------------------------------------


@contextmanager
def served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/credit/log"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def script(folder: Path) -> Path:
    page = (ROOT / "docs/operate.md").read_text("utf-8")
    (found,) = re.findall(r"```python\n(# witness\.py.*?)```", page, re.DOTALL)
    path = folder / "witness.py"
    path.write_text(found, "utf-8")
    return path


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_documented_witness_signs_what_grew_and_nothing_else(
    app: Flask, database: Database, instance: Instance, tmp_path: Path
) -> None:
    own = tmp_path / "witness"
    own.mkdir()

    def run(url: str) -> subprocess.CompletedProcess[str]:
        key = str(files_of(database).verifier())
        command = [sys.executable, str(script(tmp_path)), url, key, "library.example/w", str(own)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    real = time_machine.escape_hatch.datetime.datetime.now(UTC).replace(microsecond=0)
    give(database, 270)
    with time_machine.travel(real, tick=True), served(app) as url:
        seal(database, real)
        # nobody knows the witness yet: it prints the key that the city file needs
        first = run(url)
        assert "403" in first.stderr
        row: dict[str, object] = {"key": first.stdout.splitlines()[0], "names": NAMES}
        database.info["instance"] = replace(instance, city=with_witnesses(row))
        assert run(url).returncode == 0
        give(database, 300)
        seal(database, real)
        found = run(url)
        assert found.returncode == 0, found.stderr
        assert "library.example/w " in app.test_client().get("/credit/log/checkpoint").text
        # a log that lost its past gets no signature
        give(database, 1)
        seal(database, real)
        tile = files_of(database).public / "tile/1/000.p/2"
        tile.write_bytes(tile.read_bytes()[::-1])
        assert "its tiles are of another tree" in run(url).stderr
        assert "library.example/w " not in app.test_client().get("/credit/log/checkpoint").text

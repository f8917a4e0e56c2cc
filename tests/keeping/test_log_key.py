"""The log gets another private key: what the former one signed stays good, and who is no key of
ours still is none."""

import secrets
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from credit.models import Checkpoint
from credit.rules.checkpoint import open_checkpoint
from credit.rules.note import BadNote, Signer, read_verifier_key
from credit.rules.standing import LogStop
from credit.service import logfiles
from credit.service.halting import why_stopped
from credit.service.logfiles import LogFiles
from credit.service.sealing import seal
from portal.kernel.archive import read_parts
from portal.kernel.audit import AuditEntry
from portal.kernel.clock import now
from portal.kernel.errors import Busy
from portal.site.cli import cli
from portal.site.rotate import rotate_log
from tests.keeping.conftest import House, Tools
from tests.make.credit import account, given
from tests.pages import Browser


def files_of(house: House) -> LogFiles:
    return LogFiles(house.folder / "ledger")


def notes(house: House) -> list[bytes]:
    with house.database.read() as session:
        return [
            n.encode() for n in session.scalars(select(Checkpoint.note).order_by(Checkpoint.size))
        ]


def add(house: House) -> None:
    with house.database.write() as session:
        given(session, account(session), 1)
    seal(house.database, now())


def test_the_new_key_signs_and_what_the_old_one_signed_stays_good(filled: House) -> None:
    files = files_of(filled)
    changed = rotate_log(filled.database, now=now())
    assert changed is not None
    old, new = (read_verifier_key(line) for line in changed)
    assert files.verifier() == new != old
    assert old.name == new.name
    with filled.database.read() as session:
        assert why_stopped(session) is None
    add(filled)
    first, second = notes(filled)
    assert open_checkpoint(first, [old]).key == old
    assert open_checkpoint(second, [new]).key == new
    with pytest.raises(BadNote):
        open_checkpoint(second, [old])
    for note in (first, second):
        open_checkpoint(note, files.verifiers())
    with filled.database.read() as session:
        assert why_stopped(session) is None
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "keys:rotate_log")
        ).one()
    assert str(new) in (entry.reason or "")
    # and once more: each key that ever signed is known, with the time until which it did
    rotate_log(filled.database, now=now())
    assert [each.verifier for each in files.former_keys()] == [old, new]
    assert len(files.verifiers()) == 3
    assert oct((files.folder / "key").stat().st_mode)[-3:] == "600"


def test_the_list_names_no_private_key_and_makes_no_log_whose_key_is_lost_look_well(
    filled: House,
) -> None:
    files = files_of(filled)
    rotate_log(filled.database, now=now())
    assert "PRIVATE" not in (files.folder / "keys").read_text()
    (files.folder / "key").unlink()
    with filled.database.read() as session:
        assert why_stopped(session) is LogStop.OTHER_LOG
    # somebody else's key beside our list
    other = Signer.from_seed("gongzhi.example.cn/credit/log", secrets.token_bytes(32))
    (files.folder / "key").write_text(other.secret_line())
    files.note(b"gongzhi\n1\nAAAA\n")
    with filled.database.read() as session:
        assert why_stopped(session) is LogStop.OTHER_LOG


def test_whoever_was_killed_between_list_and_key_goes_on(
    filled: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, put = files_of(filled), logfiles._replace
    before = files.verifier()

    def dies(path: Path, data: bytes) -> None:
        if path.name == "key":
            raise KeyboardInterrupt
        put(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(logfiles, "_replace", dies)
        with pytest.raises(KeyboardInterrupt):
            rotate_log(filled.database, now=now())
    assert files.verifier() == before
    add(filled)
    rotate_log(filled.database, now=now())
    add(filled)
    assert [each.verifier for each in files.former_keys()] == [before]


def test_while_somebody_seals_the_key_stays(filled: House) -> None:
    with files_of(filled).alone() as is_alone:
        assert is_alone
        with pytest.raises(Busy):
            rotate_log(filled.database, now=now())


def test_by_command_and_on_the_page_of_keys(here: House, filled: House, app: Flask) -> None:
    done = CliRunner().invoke(cli, ["keys", "rotate", "--log"], obj=Tools(filled))
    assert done.exit_code == 0, done.output
    assert "Put the new verifier key on the posters." in done.output
    keys = app.test_client().get("/credit/log/vkey").text.splitlines()
    # the one that signs now first; the former one is on posters and under old receipts still
    assert len(keys) == 2
    assert done.output.index(keys[1]) < done.output.index(keys[0])
    # the tests' browser checks the page
    page = Browser(app).get("/credit/log/?lang=en")
    assert page.text.index(keys[0]) < page.text.index("This key signed until")
    assert page.text.index("This key signed until") < page.text.index(keys[1])


def test_before_anything_was_sealed_there_is_no_key_to_change(here: House) -> None:
    done = CliRunner().invoke(cli, ["keys", "rotate", "--log"], obj=Tools(here))
    assert "Nothing was sealed yet" in done.output
    assert not (here.folder / "ledger" / "key").exists()


def test_a_later_log_is_kept_too_and_no_private_key_of_any(filled: House, tmp_path: Path) -> None:
    folder = filled.folder / "ledger"
    for name in ("2/log/tile/0/000.p/1", "2/log/checkpoint", "2/keys", "2/key", "2/lock"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    filled.back_up(tmp_path / "day.tar")
    names = {part.name for part in read_parts(tmp_path / "day.tar") if part.group == "ledger"}
    assert {"ledger/state", "ledger/2/log/checkpoint", "ledger/2/keys"} <= names
    assert not {name for name in names if name.endswith(("/key", "/lock"))}


@pytest.mark.parametrize(
    "name", ["key", "2/key", "/state", "lock", "log/tile/../../x", "../state", "1/state"]
)
def test_nothing_but_a_file_of_a_log_is_put_back(here: House, name: str) -> None:
    with pytest.raises(ValueError, match="no file of the log"):
        files_of(here).put_back(name, b"x")

"""``gongzhi ledger``: what each command prints, and how it ends."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pyotp
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from credit.cli import ledger
from credit.models import Entry
from credit.queries.log import current_log
from credit.rules.checkpoint import read_checkpoint
from credit.rules.kinds import LedgerRefusal
from credit.rules.note import read_note
from credit.rules.receipt import verify_receipt
from credit.rules.resuming import ResumeRefusal
from credit.rules.standing import LogStop
from credit.service import Posted, Rejected
from credit.service.sealing import seal
from portal.accounts.models import Person, SecondFactor
from portal.accounts.rules import Refusal
from portal.kernel.audit import AuditEntry
from portal.kernel.db import Database
from portal.kernel.errors import Missing, Refused
from portal.kernel.instance import Instance
from tests.accounts.test_cli import Tools
from tests.credit.life import give_ruled
from tests.credit.tamper import Copy, unguarded
from tests.credit.test_sealing import files_of, give
from tests.make.accounts import staff
from tests.make.areas import small_tree
from tests.make.credit import NOW, account, try_give


@pytest.fixture
def tools(database: Database, instance: Instance, app: Flask) -> Tools:
    return Tools(database, instance, app)


def run(tools: Tools, *words: str, text: str | None = None) -> Result:
    result = CliRunner().invoke(ledger, list(words), obj=tools, input=text)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def first_entry(database: Database) -> UUID:
    with database.read() as session:
        return session.scalars(select(Entry.id).order_by(Entry.id)).first() or UUID(int=0)


def test_seal_says_how_many_and_makes_tiles_that_are_gone(tools: Tools) -> None:
    give(tools.database, 300)
    assert run(tools, "seal").output == "Sealed 300 entries.\n"
    gone = files_of(tools.database).public / "tile/0/000"
    before = gone.read_bytes()
    gone.unlink()
    assert run(tools, "seal").output == "Sealed 0 entries.\n"
    assert not gone.exists()
    run(tools, "seal", "--tiles")
    assert gone.read_bytes() == before


def test_a_stopped_ledger_seals_nothing_and_says_why(tools: Tools) -> None:
    give(tools.database, 1)
    run(tools, "seal")
    (files_of(tools.database).folder / "state").unlink()
    for words in (["seal"], ["seal", "--tiles"]):
        with pytest.raises(Refused) as caught:
            run(tools, *words)
        assert caught.value.code is LogStop.NO_STATE


def test_a_proof_is_written_that_anybody_can_check(tools: Tools, tmp_path: Path) -> None:
    give(tools.database, 3)
    mine = first_entry(tools.database)
    with pytest.raises(Missing, match="waits to be sealed"):
        run(tools, "prove", str(mine))
    with pytest.raises(Missing, match="There is no entry"):
        run(tools, "prove", str(UUID(int=7)))
    run(tools, "seal")
    to = tmp_path / "mine.tlog-proof"
    assert run(tools, "prove", str(mine), "--to", str(to)).output == f"Wrote {to}.\n"
    assert run(tools, "prove", str(mine)).output.encode() == to.read_bytes()
    key = files_of(tools.database).verifier()
    assert key is not None
    proven = verify_receipt(to.read_bytes(), [key])
    assert proven.entry().id == mine


def test_a_checkpoint_is_kept_and_compared_later(tools: Tools, tmp_path: Path) -> None:
    with pytest.raises(Missing, match="Nothing was sealed"):
        run(tools, "checkpoint")
    mine, kept = give(tools.database, 3), tmp_path / "kept.txt"
    run(tools, "seal")
    kept.write_text(run(tools, "checkpoint").output, "utf-8")
    give(tools.database, 300, mine)
    run(tools, "seal")
    told = run(tools, "compare", str(kept))
    assert "fits. Its 3 entries are the first of 303" in told.output
    files = files_of(tools.database)
    signer = files.signer("x")
    old = read_checkpoint(read_note(kept.read_bytes()).text)
    other = type(old)(old.origin, old.size, b"r" * 32)
    larger = type(old)(old.origin, 999, b"r" * 32)
    for wrong in (other.signed(signer), larger.signed(signer), b"none", kept.read_bytes()[:-9]):
        kept.write_bytes(wrong)
        with pytest.raises(Refused):
            run(tools, "compare", str(kept))


def test_verify_ends_with_one_when_something_is_wrong(tools: Tools, tmp_path: Path) -> None:
    give_ruled(tools.database, 3)
    run(tools, "seal")
    give(tools.database, 0)
    well = run(tools, "verify")
    assert (well.exit_code, well.output) == (
        0, "All is well: 4 in 127.0.0.1:8000/credit/log, 0 waiting.\n",
    )  # fmt: skip
    kept = tmp_path / "kept.txt"
    kept.write_text(run(tools, "checkpoint").output, "utf-8")
    assert run(tools, "verify", "--against", str(kept)).exit_code == 0
    with unguarded(tools.database) as connection:
        connection.execute(update(Entry).where(Entry.amount == 1).values(amount=2))
    bad = run(tools, "verify")
    assert bad.exit_code == 1
    assert "entry 1: its entry is not the one that was sealed\n" in bad.output
    told = run(tools, "verify", "--json")
    assert told.exit_code == 1
    read = json.loads(told.output)
    assert read["ok"] is False
    assert read["problems"][0] == {
        "flaw": "entry_changed", "log": 1, "seq": 1,
        "words": "entry 1: its entry is not the one that was sealed",
    }  # fmt: skip


# --- after a loss ---------------------------------------------------------------------------------


def administrator(session: Session, places: dict[str, Any]) -> tuple[str, str]:
    """Her account's number, and the secret of her second factor."""
    row = staff(session, "administrator", area=places["370283"])
    secret = pyotp.random_base32()
    sealed = session.info["instance"].vault.seal(secret)
    session.add(
        SecondFactor(
            person_id=row.id, sealed_secret=sealed, created_at=NOW, confirmed_at=NOW, last_step=0
        )
    )
    session.flush()
    return row.number, secret


def lose(database: Database, folder: Path) -> UUID:
    """Three entries are sealed after the backup that is restored; two of them waited in it."""
    mine = give_ruled(database, 4)
    seal(database, NOW)
    give(database, 2, mine)
    yesterday = Copy.of(database, folder)
    seal(database, NOW)
    give(database, 1, mine)
    seal(database, NOW)
    yesterday.put_back(database, files=False)
    return mine


def test_after_a_loss_two_administrators_begin_a_new_log_that_names_it(
    tools: Tools, tmp_path: Path
) -> None:
    database = tools.database
    with database.write() as session:
        places = small_tree(session)
        one, two = administrator(session, places), administrator(session, places)
        mine = account(session)
    lose(database, tmp_path / "copy")
    words = ["resume", "--after-loss", "--by", one[0], "--by", two[0], "--reason", "disk broke"]
    codes = "".join(f"{pyotp.TOTP(secret).now()}\n" for _, secret in (one, two))
    told = run(tools, *words, text=codes)
    origin = "127.0.0.1:8000/credit/log"
    assert "Now: 数据库比已封存的内容旧。" in told.output
    assert f"Log 2 was begun: {origin}/2" in told.output
    assert f"Lost of {origin}: entries 5 to 7" in told.output
    with database.write() as session:
        assert isinstance(try_give(session, mine, 1, rule="shift@1"), Posted)
        log = current_log(session)
        assert log is not None
        assert (log.number, log.size) == (2, 1)
        noted = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "ledger:resume")
        ).all()
        assert {entry.reason for entry in noted} == {"disk broke"}
        assert len({entry.actor_id for entry in noted}) == 2
    # what waited in the backup is sealed into the new log; nothing of the old one was touched
    assert run(tools, "seal").output == "Sealed 3 entries.\n"
    assert run(tools, "verify").output == (
        f"All is well: 5 in {origin}, 4 in {origin}/2, 0 waiting.\n"
    )
    again = run(tools, "prove", str(first_entry(database)))
    assert f"\n{origin}\n8\n" in again.output


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("code", Refusal.WRONG_FACTOR),
        ("role", Refusal.NOT_YOUR_PLACE),
        ("factor", Refusal.NO_FACTOR),
        ("well", ResumeRefusal.GOES_ON),
        ("reason", ResumeRefusal.NO_REASON),
    ],
)
def test_nobody_begins_a_new_log_alone_or_without_need(
    tools: Tools, tmp_path: Path, change: str, code: Any
) -> None:
    database = tools.database
    with database.write() as session:
        places = small_tree(session)
        one, two = administrator(session, places), administrator(session, places)
        desk = staff(session, "street_desk", area=places["370283001"])
        person = session.scalar(select(Person.id).where(Person.number == two[0]))
        if change == "role":
            moved = update(SecondFactor).where(SecondFactor.person_id == person)
            session.execute(moved.values(person_id=desk.id))
            two = (desk.number, two[1])
        if change == "factor":
            two = (desk.number, two[1])
    lose(database, tmp_path / "copy")
    if change == "well":
        (files_of(database).folder / "state").write_bytes(
            (tmp_path / "copy" / "state").read_bytes()
        )
    codes = [pyotp.TOTP(secret).now() for _, secret in (one, two)]
    if change == "code":
        codes[1] = f"{(int(codes[1]) + 1) % 10**6:06d}"
    words = ["resume", "--after-loss", "--by", one[0], "--by", two[0]]
    words += ["--reason", " " if change == "reason" else "disk"]
    with pytest.raises(Refused) as caught:
        run(tools, *words, text="\n".join([*codes, ""]))
    assert caught.value.code is code
    with database.write() as session:
        log = current_log(session)
        assert log is not None
        assert log.number == 1
        if change != "well":
            mine = account(session)
            assert try_give(session, mine, 1) == Rejected(LedgerRefusal.HALTED)


def test_the_same_person_twice_is_one(tools: Tools) -> None:
    told = run(tools, "resume", "--after-loss", "--by", "A", "--by", "A", "--reason", "x")
    assert told.exit_code == 2
    assert "Two different administrators" in told.output

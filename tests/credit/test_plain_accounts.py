"""The ledger as plain text is accepted by beancount's own check, and names nobody."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.orm import Session

from credit.rules.leaf import Unit
from credit.service import Details, give_consent
from credit.service.conduct import post_deduction, void_deduction
from credit.service.plain_accounts import beancount_lines
from credit.service.points import give_back_held, spend_held
from credit.service.sealing import seal
from portal.accounts.service import erase_person
from portal.kernel.db import Database
from portal.kernel.ids import new_id
from portal.kernel.instance import Instance
from portal.site.cli import cli
from tests.make.credit import (
    DISTRICT,
    NOW,
    account,
    adult,
    given,
    posted,
    try_hold,
    try_notice,
)

DAY = timedelta(days=1)


@pytest.fixture
def busy(database: Database) -> Database:
    """People with points earned, held, spent and given back; deductions told, posted and voided."""
    chance = Random(7)
    with database.write() as session:
        for _ in range(6):
            who = adult(session)
            give_consent(session, DISTRICT, who.id, now=NOW)
            mine = account(session, holder=who.id)
            for at in range(4):
                given(session, mine, chance.randint(1, 9), now=NOW + at * DAY)
            for end in (spend_held, give_back_held, None):
                held = posted(try_hold(session, mine, 1, now=NOW + 5 * DAY))
                if end is not None:
                    ends(session, end, held.entry.id)
            other = account(session, Unit.CONDUCT, holder=who.id)
            for end in (post_deduction, void_deduction, None):
                told = posted(try_notice(session, other, 2))
                if end is not None:
                    ends(session, end, told.entry.id)
        erase_person(session, None, who.id, now=NOW + 21 * DAY)
    seal(database, NOW + 21 * DAY)
    return database


def ends(session: Session, end: Callable[..., object], of: object) -> None:
    posted(
        end(
            session,
            district=DISTRICT,
            entry_id=new_id(),
            of=of,
            details=Details("x"),
            now=NOW + 20 * DAY,
        )
    )


def written(database: Database, instance: Instance, to: Path) -> list[str]:
    with database.snapshot() as moment, Session(moment) as session:
        lines = list(beancount_lines(session, instance))
    to.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return lines


def bean_check(file: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "ignore", "-m", "beancount.scripts.check", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_bean_check_accepts_the_ledger(busy: Database, instance: Instance, tmp_path: Path) -> None:
    lines = written(busy, instance, tmp_path / "ledger.beancount")
    found = bean_check(tmp_path / "ledger.beancount")
    assert (found.returncode, found.stderr) == (0, "")
    # not because there is nothing to check
    assert sum(" balance Assets:" in line for line in lines) == 24
    assert sum(' ! "redeem_hold"' in line for line in lines) == 18
    assert sum(' ! "deduction_notice"' in line for line in lines) == 18
    assert any(' note Equity:Log:D370283 "consent ' in line for line in lines)
    assert any(' note Equity:Log:D370283 "erasure ' in line for line in lines)
    assert {line.split()[2] for line in lines if line.startswith("  Assets")} == {
        "POINTS", "CONDUCT",
    }  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        "UPDATE credit_account SET balance = balance + 1 WHERE unit = 'points'",
        "UPDATE credit_account SET held = held + 1, balance = balance + 1 WHERE unit = 'points'",
    ],
)
def test_bean_check_finds_a_balance_that_the_entries_do_not_make(
    busy: Database, instance: Instance, tmp_path: Path, wrong: str
) -> None:
    with busy.write() as session:
        session.execute(text(wrong))
    written(busy, instance, tmp_path / "ledger.beancount")
    found = bean_check(tmp_path / "ledger.beancount")
    assert found.returncode != 0
    assert "Balance failed" in found.stderr


def test_every_transaction_is_zero_and_a_hold_is_ended_by_its_link(
    busy: Database, instance: Instance, tmp_path: Path
) -> None:
    lines = iter(written(busy, instance, tmp_path / "x"))
    holds: set[str] = set()
    for line in lines:
        if '"redeem_hold" ^' in line:
            holds.add(line.split("^")[1])
        if '"redeem_post" ^' in line:
            assert line.split("^")[1] in holds
        if line[:1].isdigit() and line[11] in "*!":
            assert sum(amounts(lines)) == 0


def amounts(lines: Iterator[str]) -> Iterator[int]:
    """The amounts of the transaction that begins here."""
    for line in lines:
        if not line:
            return
        if line.startswith(("  Assets", "  Equity")):
            yield int(line.split()[1])


def test_L2_the_plain_text_names_nobody(busy: Database, instance: Instance, tmp_path: Path) -> None:
    file = tmp_path / "ledger.beancount"
    written(busy, instance, file)
    content = file.read_text("utf-8")
    with busy.read() as session:
        people = session.execute(text("SELECT id, number, display_name FROM person")).all()
        holders = session.execute(text("SELECT holder_id FROM credit_holder")).scalars().all()
    for person_id, number, name in people:
        for word in (str(person_id), str(person_id).replace("-", ""), number):
            assert word.lower() not in content.lower()
        if name:
            assert name not in content
    for holder in holders:
        assert str(holder).lower() not in content.lower()
    assert "shift:" not in content


def test_an_empty_ledger_is_no_error(
    database: Database, instance: Instance, tmp_path: Path
) -> None:
    written(database, instance, tmp_path / "ledger.beancount")
    assert bean_check(tmp_path / "ledger.beancount").returncode == 0


def test_by_command_and_a_file_that_is_there_stays(
    busy: Database, instance: Instance, tmp_path: Path
) -> None:
    tools = SimpleNamespace(database=busy, instance=instance)
    file = tmp_path / "ledger.beancount"
    line = ["ledger", "export", "--beancount", str(file)]
    done = CliRunner().invoke(cli, line, obj=tools)
    assert done.exit_code == 0, done.output
    assert bean_check(file).returncode == 0
    assert isinstance(CliRunner().invoke(cli, line, obj=tools).exception, FileExistsError)
    out = CliRunner().invoke(cli, [*line[:-1], "-"], obj=tools)
    assert out.output == file.read_text("utf-8")

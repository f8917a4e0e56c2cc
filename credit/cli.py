"""``gongzhi ledger``: seal, verify, prove, compare, correct, export, begin anew after a loss."""

import json
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from sqlalchemy.orm import Session

from credit.rules.compare import BadOld, Finding, Signed, read_pasted
from credit.rules.flaws import Flaw
from credit.rules.kinds import MOST_AMOUNT
from credit.rules.receipt import SUFFIX
from credit.service.comparing import compare
from credit.service.correcting import Correction, check_correction, correct_by_hand
from credit.service.halting import why_stopped
from credit.service.logfiles import log_files
from credit.service.plain_accounts import beancount_lines
from credit.service.proofs import find_entry, prove_entry
from credit.service.resuming import resume_after_loss
from credit.service.sealing import Stopped, rewrite_tiles, seal
from credit.service.verifying import Verdict, verify
from portal.accounts.rules import Permission
from portal.accounts.service import vouch
from portal.kernel import clock
from portal.kernel.db import Database
from portal.kernel.errors import Missing, Refused
from portal.kernel.ids import clean_number
from portal.kernel.words import say

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)
EVERY = 100_000


@click.group()
def ledger() -> None:
    """The points ledger: seal it, verify it, prove an entry, begin anew after a loss."""


@ledger.command("seal")
@click.option("--tiles", is_flag=True, help="Also write every public tile anew.")
@click.pass_obj
def seal_command(tools: Any, tiles: bool) -> None:
    """Seal what waits now, instead of within the next minute.

    Example: gongzhi ledger seal
    """
    try:
        count = seal(tools.database, clock.now())
        click.echo(f"Sealed {count} entries.")
        if tiles:
            click.echo(f"Wrote the tiles of {rewrite_tiles(tools.database)} entries.")
    except Stopped as stopped:
        raise Refused(stopped.why) from stopped


@ledger.command("checkpoint")
@click.pass_obj
def checkpoint_command(tools: Any) -> None:
    """Print the signed checkpoint that is served now, to keep it or to send it to a witness.

    Example: gongzhi ledger checkpoint > checkpoint-2026-11.txt
    """
    with tools.database.read() as session:
        note = log_files(session).published()
    if note is None:
        raise Missing("Nothing was sealed yet.")
    click.echo(note.decode(), nl=False)


@ledger.command("prove")
@click.argument("entry", type=click.UUID)
@click.option("--to", type=NEW_FILE, help=f"The file to write; its name should end in {SUFFIX}.")
@click.pass_obj
def prove_command(tools: Any, entry: UUID, to: Path | None) -> None:
    """Write the proof that ENTRY is sealed: a file that anybody can check without us.

    Example: gongzhi ledger prove 0198c1f2-0000-7000-8000-000000000001 --to mine.tlog-proof
    """
    with tools.database.read() as session:
        found = find_entry(session, entry)
        if found is None:
            raise Missing(f"There is no entry {entry}.")
        made = prove_entry(session, found)
    if made is None:
        raise Missing(f"Entry {entry} waits to be sealed; that takes a minute.")
    if to is None:
        click.echo(made.data.decode(), nl=False)
        return
    to.write_bytes(made.data)
    click.echo(f"Wrote {to}.")


@ledger.command("compare")
@click.argument("file", type=FILE)
@click.pass_obj
def compare_command(tools: Any, file: Path) -> None:
    """Say whether the checkpoint in FILE begins the log that is served today.

    It is proved from the public tiles, as a stranger would. Exits 1 when it does not.

    Example: gongzhi ledger compare checkpoint-2026-11.txt
    """
    try:
        old = read_pasted(file.read_bytes().decode("utf-8", "replace"))
    except BadOld as bad:
        raise Refused(bad.fault) from bad
    with tools.database.read() as session:
        found = compare(session, old)
    if found.signed is not Signed.OURS:
        raise Refused(found.signed)
    if found.finding not in {Finding.SAME, Finding.CONTAINED}:
        raise Refused(found.finding)
    click.echo(f"{file}: fits. Its {old.size} entries are the first of {found.size}.")


@ledger.command("verify")
@click.option("--against", type=FILE, help="A checkpoint that somebody kept.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def verify_command(tools: Any, against: Path | None, as_json: bool) -> None:
    """Recompute everything, and name the first number that is wrong. Exits 1 when something is.

    It only reads, and may run beside the portal: a million entries take a minute or two.

    Example: gongzhi ledger verify --against checkpoint-2026-11.txt
    """
    verdict = verify(
        tools.database,
        now=clock.now(),
        against=against.read_bytes() if against else None,
        tick=_tick if sys.stderr.isatty() else None,
    )
    with tools.app.app_context():
        lines = [_line(problem) for problem in verdict.problems]
    if as_json:
        click.echo(json.dumps(_as_json(verdict, lines)))
    elif verdict.is_well:
        click.echo(f"All is well: {_counts(verdict)}.")
    if not verdict.is_well:
        for line in [] if as_json else lines:
            click.echo(line, err=True)
        raise click.exceptions.Exit(1)


def _tick(size: int) -> None:
    if size % EVERY < 4_000:
        click.echo(f"\r{size} entries", nl=False, err=True)


def _line(problem: Any) -> str:
    if problem.flaw is Flaw.STOPPED:
        return f"{problem.flaw.value}: {say(problem.stop)}"
    return str(problem)


def _counts(verdict: Verdict) -> str:
    logs = ", ".join(f"{log.size} in {log.origin}" for log in verdict.logs) or "nothing sealed"
    return f"{logs}, {verdict.waiting} waiting"


def _as_json(verdict: Verdict, lines: list[str]) -> dict[str, Any]:
    return {
        "ok": verdict.is_well,
        "entries": verdict.entries,
        "waiting": verdict.waiting,
        "logs": [{"number": log.number, "origin": log.origin, "size": log.size}
                 for log in verdict.logs],
        "problems": [
            {"flaw": problem.flaw.name.lower(), "log": problem.log, "seq": problem.seq,
             "words": words}
            for problem, words in zip(verdict.problems, lines, strict=True)
        ],
    }  # fmt: skip


@ledger.command("resume")
@click.option("--after-loss", is_flag=True, required=True, help="Say that it is meant.")
@click.option("--by", multiple=True, required=True, help="An administrator's account number; two.")
@click.option("--reason", required=True, help="What happened, for the audit.")
@click.pass_obj
def resume_command(tools: Any, after_loss: bool, by: tuple[str, ...], reason: str) -> None:
    """Begin a new log after entries were lost. Two administrators give their second factor's code.

    Only when /readyz says that the ledger is stopped and the right database cannot be had any
    more. The new log's first statement names what was lost; the old log's files stay. Print new
    posters afterwards: the new log has another name and another key.

    Example: gongzhi ledger resume --after-loss --by 7K3M9-QX2HD --by 4T8WP-M3RCA --reason "disk"
    """
    if not after_loss or len(set(by)) != 2:
        raise click.UsageError("Two different administrators have to agree: --by A --by B.")
    database: Database = tools.database
    with database.read() as session, tools.app.app_context():
        stop = why_stopped(session)
        click.echo(f"Now: {say(stop)}" if stop else "Now: the ledger goes on.")
    people = [_ask(database, number, Permission.LEDGER_RESUME) for number in by]
    resumed = resume_after_loss(database, people, reason, now=clock.now())
    click.echo(f"Log {resumed.number} was begun: {resumed.origin}")
    for lost in resumed.lost:
        click.echo(f"Lost of {lost}")


def _ask(database: Database, number: str, permission: Permission) -> UUID:
    """The code is read on this terminal, from the person who stands beside it."""
    code = click.prompt(f"Code of {number}", hide_input=True)
    with database.write() as session:
        return vouch(session, clean_number(number) or number, code, permission, now=clock.now())


@ledger.command("correct")
@click.argument("entry", type=click.UUID)
@click.option("--amount", type=click.IntRange(1, MOST_AMOUNT), required=True, help="How much.")
@click.option("--reason", required=True, help="Why; its holder reads it, and the audit keeps it.")
@click.option("--by", required=True, help="The account number of an administrator.")
@click.pass_obj
def correct_command(tools: Any, entry: UUID, amount: int, reason: str, by: str) -> None:
    """Take back some or all of ENTRY, which gave or spent points in error.

    One more entry is written, nothing is changed. An administrator gives her second factor's code.
    Deductions fall by objection, review or repair at the desk, never here.

    Example: gongzhi ledger correct 0198c1f2-0000-7000-8000-000000000001 --amount 2
    --reason "counted twice" --by 7K3M9-QX2HD
    """
    database, wish = tools.database, Correction(entry, amount, reason)
    with database.read() as session:
        check_correction(session, wish)
    person_id = _ask(database, by, Permission.RULE_PUBLISH)
    with database.write() as session:
        done = correct_by_hand(session, wish, actor_id=person_id, now=clock.now())
    click.echo(f"Wrote entry {done.entry_id}: {amount} taken back, {done.left} left of {entry}.")
    click.echo(f"The account's balance is {done.balance} now.")


@ledger.command("export")
@click.option("--beancount", "to", required=True, type=click.Path(allow_dash=True))
@click.pass_obj
def export_command(tools: Any, to: str) -> None:
    """Write the ledger as plain-text accounting, which `bean-check` checks; - writes it out.

    Accounts are opaque ids: nothing in the file names anybody. An amount on hold is pending (!).

    Example: gongzhi ledger export --beancount ledger.beancount && bean-check ledger.beancount
    """
    with (
        click.open_file(to, "x", encoding="utf-8") as file,
        tools.database.snapshot() as moment,
        Session(moment) as session,
    ):
        count = 0
        for line in beancount_lines(session, tools.instance):
            file.write(f"{line}\n")
            count += 1
    if to != "-":
        click.echo(f"{to}: {count} lines.")

"""The roll of a vote: read from a file or typed lines, whole or not at all, and frozen."""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from portal.accounts.queries import ids_by_phones
from portal.accounts.rules import Actor
from portal.conventions.models import Elector, OpenBallot, PaperBallot
from portal.conventions.queries.votes import ElectorRow, VoteRow, elector_by_roll
from portal.conventions.rules.doors import door_key
from portal.conventions.rules.kinds import Ballot, Electorate
from portal.conventions.rules.roll import (
    LARGEST_FILE,
    MOST_ELECTORS,
    MOST_FLAWS,
    RollFlaw,
    RollLine,
    RollProblem,
    columns_of,
    read_line,
    twice_in,
    typed_cells,
)
from portal.conventions.rules.votes import BallotWay, VoteRefusal, VoteState
from portal.conventions.service.voting import vote_here
from portal.kernel.audit import note_action
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import BadData, Conflict, Missing, Refused
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of
from portal.kernel.phones import clean_mobile
from portal.kernel.sheets import Encoding, SheetRow, open_sheet
from portal.kernel.tables import is_damaged

Cells = list[tuple[int, dict[str, str]]]
# nobody asks that a mark be taken back
NOT_ASKED: Final = {"unmark_by": None, "unmark_why": None}


class BadRoll(Refused):
    """Lines that cannot be taken in: ``flaws`` by line. Nothing was changed."""

    def __init__(self, flaws: Sequence[RollFlaw]) -> None:
        super().__init__(RollProblem.BAD_LINES, field="typed")
        self.flaws = sorted(flaws, key=lambda flaw: flaw.line)[:MOST_FLAWS]


def read_roll(
    typed: str, content: bytes, encoding: Encoding, electorate: Electorate
) -> list[RollLine]:
    """The lines of a roll. Raises BadRoll with every line that is wrong, Refused for the whole."""
    if typed and content:
        raise Refused(RollProblem.BOTH, field="file")
    flaws: list[RollFlaw] = []
    cells = _file_cells(content, encoding, flaws) if content else typed_cells(typed)
    if len(cells) > MOST_ELECTORS:
        raise Refused(RollProblem.TOO_LARGE, field="file", facts={"most": MOST_ELECTORS})
    if not cells and not flaws:
        raise Refused(RollProblem.EMPTY, field="typed")
    found = [read_line(line, row, electorate) for line, row in cells]
    lines = [one for one in found if isinstance(one, RollLine)]
    flaws += [one for one in found if isinstance(one, RollFlaw)]
    flaws += twice_in(lines, electorate)
    flaws += _bad_phones(lines)
    if flaws:
        raise BadRoll(flaws)
    return lines


def _bad_phones(lines: Iterable[RollLine]) -> list[RollFlaw]:
    """Telephones that are none, or stand twice: one account has one voice."""
    first, flaws = dict[str, int](), list[RollFlaw]()
    for one in lines:
        phone = clean_mobile(one.phone) if one.phone else ""
        if phone is None:
            flaws.append(RollFlaw(one.line, RollProblem.PHONE))
        elif phone in first:
            flaws.append(RollFlaw(one.line, RollProblem.PHONE_TWICE, {"first": first[phone]}))
        elif phone:
            first[phone] = one.line
    return flaws


def _file_cells(content: bytes, encoding: Encoding, flaws: list[RollFlaw]) -> Cells:
    if len(content) > LARGEST_FILE:
        raise Refused(RollProblem.TOO_LARGE, field="file", facts={"most": MOST_ELECTORS})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("roll.xlsx" if content[:2] == b"PK" else "roll.csv")
        path.write_bytes(content)
        try:
            sheet = open_sheet(path, encoding)
            columns = columns_of(sheet.header)
            if "name" not in columns.values():
                raise Refused(RollProblem.NO_COLUMN, field="file")
            return _sheet_cells(sheet.rows, columns, flaws)
        except BadData as bad:
            raise Refused(RollProblem.UNREADABLE, field="file") from bad


def _sheet_cells(
    rows: Iterable[SheetRow], columns: Mapping[str, str], flaws: list[RollFlaw]
) -> Cells:  # fmt: skip
    found: Cells = []
    for row in rows:
        cells = {columns[title]: text for title, text in row.cells.items() if title in columns}
        lost = any(title in columns for title, _why in row.lost)
        if lost or row.wide is not None or any(is_damaged(text) for text in cells.values()):
            flaws.append(RollFlaw(row.line, RollProblem.SPOILED))
        else:
            found.append((row.line, cells))
        # one more than the most is enough to refuse it
        if len(found) + len(flaws) > MOST_ELECTORS:
            break
    return found


def write_roll(
    session: Session, vote_id: UUID, lines: Sequence[RollLine], electorate: Electorate
) -> list[UUID]:
    """Freeze the roll; the accounts that may vote on the screen."""
    vault = instance_of(session).vault
    phones = {one.line: clean_mobile(one.phone) or "" for one in lines if one.phone}
    accounts = ids_by_phones(session, set(phones.values()))
    found: list[UUID] = []
    for at, one in enumerate(lines, 1):
        person_id = accounts.get(phones.get(one.line, ""))
        household = None
        if electorate is Electorate.HOUSEHOLDS:
            household = vault.keyed_hash("convention/household", f"{vote_id}\n{door_key(one.door)}")
        named = f"{one.name} · {one.door}" if one.door else one.name
        session.add(
            Elector(
                id=new_id(), vote_id=vote_id, roll=str(at), person_id=person_id,
                sealed_name=vault.seal(named), household_hash=household, area=one.area,
            )
        )  # fmt: skip
        if person_id is not None:
            found.append(person_id)
    return found


def line_here(
    session: Session, actor: Actor, number: str, roll: str, *, lock: bool = False
) -> tuple[VoteRow, ElectorRow]:
    """A vote and a line of its roll, for the organisers; any other is Missing."""
    vote = vote_here(session, actor, number, lock=lock)
    line = elector_by_roll(session, vote.id, roll[:20])
    if line is None:
        raise Missing
    return vote, line


def strike_off(
    session: Session, actor: Actor, number: str, roll: str, reason: str, *, now: datetime
) -> None:
    """Strike somebody off before she votes (moved away, died, on the roll by mistake).

    She stays in the whole of the roll: otherwise a quorum could be made by striking people off.
    """
    vote, line = line_here(session, actor, number, roll, lock=True)
    if vote.phase(now) not in {VoteState.CALLED, VoteState.OPEN}:
        raise Refused(VoteRefusal.LATE)
    if not reason:
        raise Refused(VoteRefusal.NO_REASON, field="reason")
    today = city_day(now, instance_of(session).city.zone)
    statement = (
        update(Elector)
        .where(Elector.id == line.id, Elector.took_part.is_(None), Elector.struck_on.is_(None))
        .values(struck_on=today, struck_why=reason)
    )
    if not changed_rows(session, statement):
        code = VoteRefusal.STRUCK if line.struck_on else VoteRefusal.VOTED
        raise Conflict(code, facts={"why": line.struck_why or ""})
    _note(session, actor, "vote:strike_off", vote, line, reason, now)


def _note(
    session: Session, actor: Actor, action: str, vote: VoteRow, line: ElectorRow, reason: str,
    now: datetime,
) -> None:  # fmt: skip
    """Who changed the roll and why, by the number of the line and no name."""
    note_action(
        session, at=now, actor_id=actor.person_id, action=action,
        subject=f"vote:{vote.number}", reason=f"{line.roll}: {reason}",
    )  # fmt: skip


def mark_paper(session: Session, actor: Actor, number: str, roll: str, *, now: datetime) -> None:
    """Cross an elector off when she gets her paper, or when her envelope is opened.

    Whoever voted on the screen gets no paper; her envelope stays closed.
    """
    vote, line = line_here(session, actor, number, roll, lock=True)
    if vote.ballot is Ballot.OPEN:
        # typing her ballot marks her
        raise Refused(VoteRefusal.OPEN_ONLY)
    if vote.phase(now) not in {VoteState.OPEN, VoteState.CLOSED}:
        raise Refused(VoteRefusal.NOT_OPEN_YET if now < vote.opens_at else VoteRefusal.NOT_NOW)
    take_part(session, line, BallotWay.PAPER)


def unmark_paper(
    session: Session, actor: Actor, number: str, roll: str, reason: str, *, now: datetime
) -> None:
    """Take a mark back that was set on the wrong line, with a reason; what was voted on the screen
    stands. It says that a paper was noted there by mistake, of a vote it says nothing.

    After the close nobody can vote anew, and what two people typed goes with it: the first only
    asks (``keep_mark`` drops that), and a second person, who reads why, does it.
    """
    vote, line = line_here(session, actor, number, roll, lock=True)
    if vote.phase(now) not in {VoteState.OPEN, VoteState.CLOSED}:
        raise Refused(VoteRefusal.NOT_NOW)
    if not reason:
        raise Refused(VoteRefusal.NO_REASON, field="reason")
    if line.unmark_by == actor.person_id is not None:
        raise Conflict(VoteRefusal.UNMARK_ASKED)
    alone = vote.phase(now) is VoteState.CLOSED and line.unmark_by is None
    asks = {"unmark_by": actor.person_id, "unmark_why": reason}
    values: dict[str, Any] = asks if alone else {**NOT_ASKED, "took_part": None}
    marked = Elector.id == line.id, Elector.took_part == BallotWay.PAPER
    if not changed_rows(session, update(Elector).where(*marked).values(values)):
        raise Conflict(VoteRefusal.NOT_MARKED)
    if alone:
        _note(session, actor, "vote:ask_unmark", vote, line, reason, now)
        return
    session.execute(delete(PaperBallot).where(PaperBallot.elector_id == line.id))
    session.execute(delete(OpenBallot).where(OpenBallot.elector_id == line.id))
    _note(session, actor, "vote:unmark", vote, line, reason, now)


def keep_mark(session: Session, actor: Actor, number: str, roll: str, *, now: datetime) -> None:
    """Whoever asked that a mark be taken back asks it no more."""
    vote, line = line_here(session, actor, number, roll, lock=True)
    hers = Elector.id == line.id, Elector.unmark_by == actor.person_id
    if not changed_rows(session, update(Elector).where(*hers).values(NOT_ASKED)):
        raise Conflict(VoteRefusal.NOT_ASKED)
    _note(session, actor, "vote:keep_mark", vote, line, line.unmark_why or "", now)


def take_part(session: Session, line: ElectorRow, way: BallotWay) -> None:
    """Mark a line once: whoever voted, or was struck off, is told so. No time is kept."""
    if line.struck_on is not None:
        raise Refused(VoteRefusal.STRUCK, facts={"why": line.struck_why or ""})
    statement = (
        update(Elector)
        .where(Elector.id == line.id, Elector.took_part.is_(None), Elector.struck_on.is_(None))
        .values(took_part=way)
    )
    if not changed_rows(session, statement):
        paper = line.took_part is BallotWay.PAPER
        raise Conflict(VoteRefusal.PAPER_GIVEN if paper else VoteRefusal.VOTED)

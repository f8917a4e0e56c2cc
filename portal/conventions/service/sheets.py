"""Paper sheets of signatures: typed in by the committee with a photo, whole or not at all.

Each line is one household or one person. Names from paper are never shown, and nobody's account
hangs on a line: a yes to be held to the convention cannot be given on paper.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.conventions.models import SignOn
from portal.conventions.queries.signing import (
    SigningRow,
    SignOnRow,
    keys_signed,
    sign_on_by_number,
)
from portal.conventions.rules.doors import door_key
from portal.conventions.rules.kinds import Electorate
from portal.conventions.rules.roll import (
    MOST_FLAWS,
    RollFlaw,
    RollLine,
    RollProblem,
    read_line,
    twice_in,
    typed_cells,
)
from portal.conventions.rules.signing import (
    MOST_ON_A_SHEET,
    SIGNED_LINES_A_DAY,
    SheetProblem,
    Signer,
    SignRefusal,
    SignWay,
)
from portal.conventions.service.rounds import MANAGE
from portal.conventions.service.signing import household_hash, version_to_read, version_to_sign
from portal.kernel.audit import note_action
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Counted, Missing, Refused
from portal.kernel.ids import clean_number, new_id, new_number
from portal.kernel.instance import instance_of
from portal.kernel.ratelimit import Limit, take
from portal.kernel.uploads import KeptPhotos, forget_files, take_uploads, uploads_of

Flaw = tuple[int, RollProblem | SheetProblem, dict[str, Any]]


SIGNED_LINES: Final = Limit("convention_signed_line", SIGNED_LINES_A_DAY, 86_400)


class BadSheet(Refused):
    """Lines that cannot be taken in: ``flaws`` by line. Nothing was changed."""

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        super().__init__(RollProblem.BAD_LINES, field="typed")
        self.flaws = sorted(flaws, key=lambda flaw: flaw[0])[:MOST_FLAWS]


class SignedSheet(BadSheet, Counted):
    """The same, where lines had signed already: that it was told stays counted and noted."""


@dataclass(frozen=True)
class SheetWish:
    """A sheet as it is typed: name and door on each line."""

    signer: Signer
    typed: str
    photos: KeptPhotos


def version_here(session: Session, actor: Actor, number: str) -> SigningRow:
    """A version of the places that somebody looks after; any other is Missing."""
    row = version_to_read(session, number)
    if not actor.may(MANAGE, place_path=row.place_path):
        raise Missing
    return row


def type_sheet(
    session: Session, actor: Actor, number: str, wish: SheetWish, *, now: datetime
) -> int:
    """Type a sheet in; how many signed on it. Raises BadSheet with every line that is wrong."""
    version_here(session, actor, number)
    row = version_to_sign(session, number, now)
    lines = _lines(wish)
    # before any door is looked up: whoever has no sheet learns nothing
    if not uploads_of(session, wish.photos, now):
        raise Refused(SignRefusal.NO_PHOTO, field="photos")
    keys = {one.line: _key(session, row, wish.signer, one) for one in lines}
    signed = keys_signed(session, row.id, keys.values())
    told = [one for one, key in keys.items() if key in signed]
    if told:
        raise _told(session, actor, row, told, now)
    photo = take_uploads(session, wish.photos, now, field="photos")
    common: dict[str, Any] = {
        "version_id": row.id, "signer": wish.signer, "way": SignWay.PAPER, "sheet": new_number(),
        "paper_key": photo[0].blob_key, "paper_thumbnail_key": photo[0].thumbnail_key,
        "typed_by": actor.person_id, "signed_at": now,
    }  # fmt: skip
    for one in lines:
        _add(session, one, {**common, "household_hash": keys[one.line]})
    _note(session, actor, row, "convention:type_sheet", now)
    return len(lines)


def _told(
    session: Session, actor: Actor, row: SigningRow, lines: Sequence[int], now: datetime
) -> Refused:
    """Which lines have signed, up to so many a day: doors are not listed by typing them."""
    _note(session, actor, row, "convention:signed_lines", now)
    key = str(actor.person_id)
    if any(take(session, [(SIGNED_LINES, key)], now=now) is not None for _ in lines):
        return Counted(SignRefusal.TOO_MANY, field="typed")
    return SignedSheet([(one, SheetProblem.SIGNED, {}) for one in lines])


def _note(session: Session, actor: Actor, row: SigningRow, action: str, now: datetime) -> None:
    note_action(
        session, at=now, actor_id=actor.person_id, action=action,
        subject=f"convention:{row.number}",
    )  # fmt: skip


def _lines(wish: SheetWish) -> list[RollLine]:
    cells = typed_cells(wish.typed)
    if not cells:
        raise Refused(SignRefusal.NO_NAME, field="typed")
    if len(cells) > MOST_ON_A_SHEET:
        raise Refused(RollProblem.TOO_LARGE, field="typed", facts={"most": MOST_ON_A_SHEET})
    households = wish.signer is Signer.HOUSEHOLD
    electorate = Electorate.HOUSEHOLDS if households else Electorate.HEADS
    found = [read_line(line, row, electorate) for line, row in cells]
    lines = [one for one in found if isinstance(one, RollLine)]
    flaws = [one for one in found if isinstance(one, RollFlaw)] + twice_in(lines, electorate)
    if flaws:
        raise BadSheet([(one.line, one.code, dict(one.facts)) for one in flaws])
    return lines


def _key(session: Session, row: SigningRow, signer: Signer, one: RollLine) -> str:
    """A household is its door; a person on paper is her name at her door, or only her name."""
    door = door_key(one.door)
    if signer is Signer.HOUSEHOLD:
        return household_hash(session, row, door)
    return household_hash(session, row, "person", "".join(one.name.split()), door)


def _add(session: Session, one: RollLine, values: dict[str, Any]) -> None:
    vault = instance_of(session).vault
    dialect: Any = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    row = dialect.insert(SignOn).values(
        id=new_id(), sealed_name=vault.seal(one.name),
        sealed_household=vault.seal(one.door) if one.door else None, **values,
    )  # fmt: skip
    if not changed_rows(session, row.on_conflict_do_nothing()):
        # it was signed on the screen in this moment
        raise BadSheet([(one.line, SheetProblem.SIGNED, {})])


def line_here(session: Session, actor: Actor, number: str) -> SignOnRow:
    """A line of paper of the places that somebody looks after; any other is Missing."""
    row = sign_on_by_number(session, clean_number(number) or "")
    if row is None or row.sheet is None or not actor.may(MANAGE, place_path=row.place_path):
        raise Missing
    return row


def undo_lines(session: Session, actor: Actor, number: str, *, whole: bool, now: datetime) -> None:
    """Take a line back that was typed wrong or that its signer takes back; or its whole sheet.

    Names and doors go at once, and the photo with the last line of its sheet.
    """
    row = line_here(session, actor, number)
    these = SignOn.sheet == row.sheet if whole else SignOn.id == row.id
    found = session.execute(
        select(SignOn.id, SignOn.paper_key, SignOn.paper_thumbnail_key)
        .where(these, SignOn.withdrawn_at.is_(None))
        .with_for_update()
    ).all()
    if not found:
        raise Conflict(SignRefusal.WITHDRAWN)
    _blank(session, (one.id for one in found), now)
    note_action(
        session, at=now, actor_id=actor.person_id, action="convention:undo_paper",
        subject=f"convention:{row.on}",
    )  # fmt: skip
    keys = {key for one in found for key in (one.paper_key, one.paper_thumbnail_key) if key}
    forget_files(session, keys)


def _blank(session: Session, ids: Iterable[UUID], now: datetime) -> None:
    session.execute(
        update(SignOn)
        .where(SignOn.id.in_(list(ids)))
        .values(
            withdrawn_at=now, sealed_name=None, sealed_household=None, household_hash=None,
            paper_key=None, paper_thumbnail_key=None,
        )
    )  # fmt: skip

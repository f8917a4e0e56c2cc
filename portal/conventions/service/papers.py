"""Papers: typed twice by two people and compared, or once with a photo that the street signs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.conventions.models import OpenBallot, PaperBallot, PaperTally
from portal.conventions.queries.votes import (
    Box,
    Entry,
    VoteRow,
    boxes_of,
    entries_of,
)
from portal.conventions.rules.counting import Choice
from portal.conventions.rules.kinds import Ballot
from portal.conventions.rules.votes import BallotWay, VoteRefusal, VoteState
from portal.conventions.service.roll import line_here, take_part
from portal.conventions.service.rounds import MANAGE, REVIEW
from portal.conventions.service.voting import vote_here
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.uploads import KeptPhotos, forget_files, take_uploads


@dataclass(frozen=True)
class TallyWish:
    """What somebody counted in a box."""

    box: str
    counts: Mapping[Choice, int]
    photos: KeptPhotos


def _to_count(session: Session, actor: Actor, number: str, ballot: Ballot) -> VoteRow:
    vote = vote_here(session, actor, number, lock=True)
    if not actor.may(MANAGE, place_path=vote.place_path):
        raise Forbidden
    if vote.ballot is not ballot:
        secret = vote.ballot is Ballot.SECRET
        raise Refused(VoteRefusal.SECRET_ONLY if secret else VoteRefusal.OPEN_ONLY)
    return vote


def type_tally(
    session: Session, actor: Actor, number: str, wish: TallyWish, *, now: datetime
) -> None:
    """Type what lies in a box. Whoever typed it before corrects her own; a third is refused."""
    vote = _to_count(session, actor, number, Ballot.SECRET)
    # a box is opened when the vote is over
    phase = vote.phase(now)
    if phase is not VoteState.CLOSED:
        raise Refused(VoteRefusal.STILL_OPEN if phase is VoteState.OPEN else VoteRefusal.NOT_NOW)
    known = {box.name: box for box in boxes_of(session, vote.id)}.get(wish.box)
    mine = known.by(actor.person_id) if known else None
    photo = _photo(session, wish.photos, now)
    counts = {choice.value: wish.counts[choice] for choice in Choice}
    if mine is None:
        _new_entry(session, actor, vote, wish.box, known, counts, photo, now)
        return
    changes: dict[str, Any] = {
        **counts,
        "typed_at": now,
        "countersigned_at": None,
        "countersigned_by": None,
    }
    if photo is not None:
        changes["photo_key"] = photo
    session.execute(update(PaperTally).where(PaperTally.id == mine.id).values(changes))
    if photo is not None and mine.photo_key not in {None, photo}:
        forget_files(session, [mine.photo_key or ""])


def _photo(session: Session, photos: KeptPhotos, now: datetime) -> str | None:
    taken = take_uploads(session, photos, now, field="photos")
    # a small picture is its own thumbnail
    forget_files(session, [one.thumbnail_key for one in taken if one.thumbnail_key != one.blob_key])
    return taken[0].blob_key if taken else None


def _new_entry(
    session: Session, actor: Actor, vote: VoteRow, box: str, known: Box | None,
    counts: Mapping[str, int], photo: str | None, now: datetime,
) -> None:  # fmt: skip
    if known is not None and (len(known.entries) > 1 or known.settled):
        raise Conflict(VoteRefusal.BOX_FULL, field="box")
    session.add(
        PaperTally(
            vote_id=vote.id, box=box, entry=2 if known else 1, photo_key=photo,
            typed_by=actor.person_id, typed_at=now, **counts,
        )
    )  # fmt: skip


def box_here(session: Session, actor: Actor, number: str, entry: UUID) -> tuple[VoteRow, Box]:
    """A vote and the box of which an entry is the first; any other is Missing."""
    vote = vote_here(session, actor, number)
    for box in boxes_of(session, vote.id):
        if box.entries[0].id == entry:
            return vote, box
    raise Missing


def countersign(
    session: Session, actor: Actor, number: str, entry: UUID, *, seen: str, now: datetime
) -> None:
    """The street signs a count of which it sees the photo; never its own. ``seen``: the mark of
    what it saw; numbers or a photo that were changed meanwhile are not signed."""
    vote = vote_here(session, actor, number, lock=True)
    _vote, box = box_here(session, actor, number, entry)
    if not actor.may(REVIEW, place_path=vote.place_path):
        raise Forbidden
    if vote.phase(now) is not VoteState.CLOSED:
        raise Conflict(VoteRefusal.NOT_NOW)
    first = box.entries[0]
    if len(box.entries) > 1:
        raise Conflict(VoteRefusal.BOX_FULL)
    if first.photo_key is None:
        raise Refused(VoteRefusal.NO_PHOTO)
    if first.typed_by == actor.person_id:
        raise Refused(VoteRefusal.SAME_PERSON)
    if first.mark != seen:
        raise Conflict(VoteRefusal.BOX_CHANGED)
    session.execute(
        update(PaperTally)
        .where(PaperTally.id == first.id)
        .values(countersigned_at=now, countersigned_by=actor.person_id)
    )


def type_ballot(
    session: Session, actor: Actor, number: str, roll: str, choice: Choice, *, now: datetime
) -> bool:
    """Type an elector's open paper ballot; whether two people now agree, so that it counts."""
    vote = _to_count(session, actor, number, Ballot.OPEN)
    if vote.phase(now) not in {VoteState.OPEN, VoteState.CLOSED}:
        raise Refused(VoteRefusal.NOT_OPEN_YET if now < vote.opens_at else VoteRefusal.NOT_NOW)
    _vote, line = line_here(session, actor, number, roll)
    entries = entries_of(session, line.id)
    if not entries and line.took_part is not BallotWay.PAPER:
        take_part(session, line, BallotWay.PAPER)
    _enter(session, actor, vote, line.id, entries, choice)
    # what was typed a line ago is compared
    session.flush()
    return _settle(session, vote, line.id, now)


def _enter(
    session: Session, actor: Actor, vote: VoteRow, elector_id: UUID, entries: list[Entry],
    choice: Choice,
) -> None:  # fmt: skip
    mine = next((one for one in entries if one.typed_by == actor.person_id), None)
    if mine is not None:
        session.execute(update(PaperBallot).where(PaperBallot.id == mine.id).values(choice=choice))
        return
    if len(entries) > 1:
        raise Conflict(VoteRefusal.BOX_FULL)
    session.add(
        PaperBallot(
            vote_id=vote.id, elector_id=elector_id, entry=len(entries) + 1, choice=choice,
            typed_by=actor.person_id,
        )
    )  # fmt: skip


def _settle(session: Session, vote: VoteRow, elector_id: UUID, now: datetime) -> bool:
    """The ballot counts exactly while two people say the same."""
    session.execute(delete(OpenBallot).where(OpenBallot.elector_id == elector_id))
    choices = [one.choice for one in entries_of(session, elector_id)]
    if len(choices) < 2 or len(set(choices)) > 1:
        return False
    session.add(
        OpenBallot(
            elector_id=elector_id, vote_id=vote.id, choice=choices[0], way=BallotWay.PAPER, at=now
        )
    )  # fmt: skip
    return True

"""Mutual help in an alliance: a member asks, others offer, it is done. Only members read it."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from pledges.models import AllianceHelp, AllianceHelpAnswer
from pledges.queries.alliance_life import HelpRow, help_by_number
from pledges.queries.alliances import alliances_by_ids
from pledges.rules.alliances import LONGEST_WORDS, AllianceRefusal, HelpState
from pledges.rules.refusals import PledgeRefusal
from pledges.service.alliances import Inside, inside
from portal.accounts.rules import Actor
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import clean_number, new_number
from portal.kernel.instance import instance_of


def ask_help(
    session: Session, actor: Actor, number: str, member: str, words: str, *, now: datetime
) -> str:
    """Ask the other members for help; the number of the request."""
    found, made = inside(session, actor, number, now), new_number()
    session.add(
        AllianceHelp(
            district=found.alliance.district, number=made, alliance_id=found.alliance.id,
            member_id=found.member(member).id, person_id=actor.person_id,
            sealed_words=_sealed(session, words), made_at=now,
        )
    )  # fmt: skip
    return made


def _sealed(session: Session, words: str) -> str:
    text = words.strip()
    if not text:
        raise Refused(AllianceRefusal.NO_WORDS, field="words")
    if len(text) > LONGEST_WORDS:
        raise Refused(PledgeRefusal.LONG, field="words", facts={"most": LONGEST_WORDS})
    return instance_of(session).vault.seal(text)


def help_inside(
    session: Session, actor: Actor, number: str, now: datetime, *, lock: bool = False
) -> tuple[HelpRow, Inside]:
    """A request of an alliance to which one belongs; any other is Missing."""
    row = help_by_number(session, clean_number(number) or "", lock=lock)
    if row is None:
        raise Missing
    alliance = alliances_by_ids(session, [row.alliance_id])[row.alliance_id]
    return row, inside(session, actor, alliance.number, now)


def offer_help(
    session: Session, actor: Actor, number: str, words: str, *, now: datetime
) -> None:  # fmt: skip
    """Another member answers."""
    row, found = help_inside(session, actor, number, now, lock=True)
    if row.state is HelpState.CLOSED:
        raise Conflict(AllianceRefusal.HELP_CLOSED)
    others = [one for one in found.mine if one.id != row.member_id]
    if not others:
        raise Refused(AllianceRefusal.OWN_HELP)
    session.add(
        AllianceHelpAnswer(
            district=row.district, help_id=row.id, member_id=others[0].id,
            person_id=actor.person_id, sealed_words=_sealed(session, words), at=now,
        )
    )  # fmt: skip
    _set(session, row, state=HelpState.ANSWERED)


def close_help(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """It is done: whoever asked says so, or the head."""
    row, found = help_inside(session, actor, number, now, lock=True)
    if not found.leads and row.member_id not in {one.id for one in found.mine}:
        raise Forbidden
    if row.state is HelpState.CLOSED:
        raise Conflict(AllianceRefusal.HELP_CLOSED)
    _set(session, row, state=HelpState.CLOSED, closed_at=now)


def _set(session: Session, row: HelpRow, **values: object) -> None:
    session.execute(
        update(AllianceHelp)
        .where(AllianceHelp.district == row.district, AllianceHelp.id == row.id)
        .values(**values)
    )

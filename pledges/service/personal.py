"""What pledges keep about people: handed out, forgotten at their wish, and in time.

A door, its operators' days and its pledges stay: who ran a shop when is no secret of a person who
spoke for it. What the street must know to notify whoever runs a place (name and phone of the
register, a duty) stays until some time after the last day; see ``rules.personal``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from pledges.models import (
    AllianceCandidate,
    AllianceElection,
    AllianceHead,
    AllianceHelp,
    AllianceHelpAnswer,
    AllianceSignOn,
    Breach,
    BreachAnswer,
    OwnerReply,
    Pledge,
    PledgePhoto,
    PremisesClaim,
    PremisesOperator,
)
from pledges.queries.letters import by_her_hand
from pledges.queries.personal import records_of
from pledges.rules.alliances import HelpState
from pledges.rules.personal import KEEP_CLAIM, KEEP_ENDED, PERSONAL_FIELDS
from pledges.rules.standing import ReplyState
from pledges.service.ratings import person_key
from portal.accounts.rules import PersonalField
from portal.accounts.service import register_personal_data
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.instance import instance_of
from portal.kernel.uploads import forget_files, register_blob_keeper
from portal.satisfaction.service import export_ratings

BATCH: Final = 200
_SPEAKER: Final[Mapping[str, Any]] = {"person_id": None, "speaks_since": None}
_WORDS: Final[Mapping[str, Any]] = {"person_id": None, "sealed_words": None}
_SIGNATURE: Final[Mapping[str, Any]] = {
    "signer_id": None, "sealed_signature": None, "salt": None, "paper_key": None,
    "paper_thumbnail_key": None,
}  # fmt: skip
_SIGN_ON: Final[Mapping[str, Any]] = {"person_id": None, "sealed_signature": None, "salt": None}
_REGISTER: Final[Mapping[str, Any]] = {
    **_SPEAKER, "sealed_name": None, "sealed_phone": None, "phone_hash": None,
}  # fmt: skip
# tables with files, and the columns of their keys
_FILES: Final[Mapping[Any, tuple[Any, Any]]] = {
    Pledge: (Pledge.paper_key, Pledge.paper_thumbnail_key),
    PledgePhoto: (PledgePhoto.blob_key, PledgePhoto.thumbnail_key),
}


@dataclass(frozen=True)
class Keeping:
    """Rows of a table that have had their time, and what becomes of them: None, they go."""

    table: Any
    over: Callable[[Session, datetime], ColumnElement[bool]]
    values: Mapping[str, Any] | None

    def due(self, session: Session, now: datetime) -> ColumnElement[bool]:
        """What is over and still holds something."""
        if self.values is None:
            return self.over(session, now)
        held = (getattr(self.table, name).is_not(None) for name in self.values)
        return and_(self.over(session, now), or_(*held))


def _ended_long_ago(session: Session, now: datetime) -> ColumnElement[bool]:
    day = city_day(now, instance_of(session).city.zone)
    return PremisesOperator.ends_on <= day - timedelta(days=KEEP_ENDED)


def _before(column: Any, days: int = KEEP_ENDED) -> Any:
    return lambda session, now: column <= now - timedelta(days=days)


def _of_old_breaches(session: Session, now: datetime) -> ColumnElement[bool]:
    return exists().where(
        Breach.district == BreachAnswer.district,
        Breach.id == BreachAnswer.breach_id,
        Breach.ended_at <= now - timedelta(days=KEEP_ENDED),
    )


def _old_photos(_session: Session, now: datetime) -> ColumnElement[bool]:
    """Photos that were taken long ago, unless a breach of what they show is still open."""
    open_still = exists().where(
        Breach.district == PledgePhoto.district, Breach.premises_id == PledgePhoto.premises_id,
        Breach.ended_at.is_(None),
    )  # fmt: skip
    return and_(PledgePhoto.at <= now - timedelta(days=KEEP_ENDED), ~open_still)


def _old_replies(session: Session, now: datetime) -> ColumnElement[bool]:
    """Shown ones as long as their operator answers for the place."""
    hidden = OwnerReply.state.in_((ReplyState.REFUSED, ReplyState.TAKEN_BACK))
    operator = exists().where(
        PremisesOperator.district == OwnerReply.district,
        PremisesOperator.id == OwnerReply.operator_id,
        _ended_long_ago(session, now),
    )
    return or_(
        and_(hidden, OwnerReply.decided_at <= now - timedelta(days=KEEP_ENDED)), operator
    )  # fmt: skip


def _old_help(session: Session, now: datetime) -> ColumnElement[bool]:
    return exists().where(
        AllianceHelp.district == AllianceHelpAnswer.district,
        AllianceHelp.id == AllianceHelpAnswer.help_id,
        AllianceHelp.closed_at <= now - timedelta(days=KEEP_ENDED),
    )


def _old_candidates(session: Session, now: datetime) -> ColumnElement[bool]:
    return exists().where(
        AllianceElection.district == AllianceCandidate.district,
        AllianceElection.id == AllianceCandidate.election_id,
        AllianceElection.closed_at <= now - timedelta(days=KEEP_ENDED),
    )


_KEEPING: Final = (
    Keeping(PremisesClaim, _before(PremisesClaim.ended_at, KEEP_CLAIM), None),
    Keeping(PremisesOperator, _ended_long_ago, _REGISTER),
    Keeping(Pledge, _before(Pledge.ended_at), _SIGNATURE),
    Keeping(BreachAnswer, _of_old_breaches, _WORDS),
    Keeping(PledgePhoto, _old_photos, None),
    Keeping(OwnerReply, _old_replies, _WORDS),
    Keeping(AllianceHead, _before(AllianceHead.ended_at), {"person_id": None}),
    Keeping(AllianceCandidate, _old_candidates, {"person_id": None}),
    Keeping(
        AllianceSignOn,
        _before(AllianceSignOn.withdrawn_at),
        _SIGN_ON,
    ),
    Keeping(AllianceHelpAnswer, _old_help, _WORDS),
    Keeping(AllianceHelp, _before(AllianceHelp.closed_at), _WORDS),
)


@dataclass(frozen=True)
class PledgesOfAPerson:
    """The provider of pledges; see ``portal.accounts.service.privacy``."""

    fields: tuple[PersonalField, ...] = PERSONAL_FIELDS

    def export(self, session: Session, person_id: UUID) -> list[dict[str, Any]]:
        key = person_key(session, person_id)
        ratings = export_ratings(session, [key] if key else [])
        return [
            *records_of(session, person_id),
            *({"table": "frontage_rating", **row} for row in ratings),
        ]

    def erase(self, session: Session, person_id: UUID, now: datetime) -> None:
        """Nobody speaks for her places until somebody else is found; what she signed stands."""
        session.execute(delete(PremisesClaim).where(PremisesClaim.person_id == person_id))
        # a sheet signed by hand names no account: it goes with the one that spoke at that time,
        # as long as that is known
        papers = _files(session, Pledge, by_her_hand(person_id))
        papers += _drop_photos(session, person_id)
        _blank(session, Pledge, by_her_hand(person_id), _SIGNATURE)
        _blank(session, PremisesOperator, PremisesOperator.person_id == person_id, _SPEAKER)
        _blank(session, BreachAnswer, BreachAnswer.person_id == person_id, _WORDS)
        reply = {**_WORDS, "state": ReplyState.TAKEN_BACK, "decided_at": now}
        _blank(session, OwnerReply, OwnerReply.person_id == person_id, reply)
        _leave_alliances(session, person_id, now)
        forget_files(session, papers)

    def expire(self, session: Session, now: datetime) -> int:
        """A batch of each table at a time."""
        return sum(_expire(session, keeping, now) for keeping in _KEEPING)

    def due(self, session: Session, now: datetime) -> Mapping[str, int]:
        return {
            keeping.table.__tablename__: session.scalar(
                select(func.count()).select_from(keeping.table).where(keeping.due(session, now))
            )
            or 0
            for keeping in _KEEPING
        }


def _leave_alliances(session: Session, person_id: UUID, now: datetime) -> None:
    nobody = {"person_id": None}
    led = and_(AllianceHead.person_id == person_id, AllianceHead.ended_at.is_(None))
    _blank(session, AllianceHead, led, {"ended_at": now})
    _blank(session, AllianceHead, AllianceHead.person_id == person_id, nobody)
    _blank(session, AllianceSignOn, AllianceSignOn.person_id == person_id, _SIGN_ON)
    stood = AllianceCandidate.person_id == person_id
    standing = and_(
        stood, AllianceCandidate.withdrawn_at.is_(None), AllianceCandidate.votes.is_(None)
    )
    _blank(session, AllianceCandidate, standing, {"withdrawn_at": now})
    _blank(session, AllianceCandidate, stood, nobody)
    hers = AllianceHelp.person_id == person_id
    asked = and_(hers, AllianceHelp.closed_at.is_(None))
    _blank(session, AllianceHelp, asked, {"state": HelpState.CLOSED, "closed_at": now})
    _blank(session, AllianceHelp, hers, _WORDS)
    _blank(session, AllianceHelpAnswer, AllianceHelpAnswer.person_id == person_id, _WORDS)


def _blank(
    session: Session, table: Any, these: ColumnElement[bool], values: Mapping[str, Any]
) -> int:
    statement = update(table).where(these).values(dict(values))
    return changed_rows(session, statement.execution_options(synchronize_session=False))


def _drop_photos(session: Session, person_id: UUID) -> list[str]:
    """What she sent to show that something was put right goes with her; the keys of its files."""
    hers = PledgePhoto.answer_id.in_(
        select(BreachAnswer.id).where(BreachAnswer.person_id == person_id)
    )
    files = _files(session, PledgePhoto, hers)
    changed_rows(session, delete(PledgePhoto).where(hers))
    return files


def _files(session: Session, table: Any, these: ColumnElement[bool]) -> list[str]:
    """The keys of the files of some rows."""
    rows = session.execute(select(*_FILES[table]).where(these))
    return [key for row in rows for key in row if key]


def _expire(session: Session, keeping: Keeping, now: datetime) -> int:
    table, due = keeping.table, keeping.due(session, now)
    ids = session.scalars(select(table.id).where(due).limit(BATCH)).all()
    if not ids:
        return 0
    these = table.id.in_(ids)
    files = _files(session, table, these) if table in _FILES else []
    if keeping.values is None:
        gone = changed_rows(session, delete(table).where(these))
    else:
        gone = _blank(session, table, these, keeping.values)
    forget_files(session, files)
    return gone


def _keys_in_use(session: Session, keys: frozenset[str]) -> set[str | None]:
    return {
        key
        for columns in _FILES.values()
        for row in session.execute(
            select(*columns).where(or_(*(column.in_(keys) for column in columns)))
        )
        for key in row
    }


register_blob_keeper(_keys_in_use)
register_personal_data(PledgesOfAPerson())

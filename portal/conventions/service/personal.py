"""What conventions keep about people: handed out, forgotten at their wish, and in time.

A text, its answers, its counts and its versions stay: they are of a place. Whoever goes takes her
words, her name in the roll and her signature with her; of a secret ballot there is nothing to take.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from portal.accounts.rules import PersonalField
from portal.accounts.service import register_personal_data
from portal.conventions.models import (
    Attendance,
    Comment,
    Consultation,
    ConventionFiling,
    Elector,
    Errand,
    Handling,
    Head,
    Invited,
    Issue,
    IssueProposal,
    IssueSupport,
    Meeting,
    Opinion,
    OwnersCommittee,
    OwnersMember,
    PaperTally,
    Round,
    SignOn,
    Support,
    Vote,
    Wish,
)
from portal.conventions.queries.issues import WITHOUT_WORDS
from portal.conventions.queries.personal import records_of
from portal.conventions.rules.community import ErrandState, IssueState
from portal.conventions.rules.personal import KEEP_ENDED, PERSONAL_FIELDS
from portal.conventions.rules.talk import SaidState
from portal.conventions.service.rating import rater_key
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.instance import instance_of
from portal.kernel.uploads import forget_files, register_blob_keeper
from portal.satisfaction.service import export_ratings

BATCH: Final = 200
_TIME: Final = timedelta(days=KEEP_ENDED)
_WORDS: Final = ("person_id", "sealed_words")
_NAME: Final = ("person_id", "sealed_name")
# columns that name a file
_FILES: Final = ("paper_key", "paper_thumbnail_key")

Over = Callable[[Session, datetime], ColumnElement[bool]]


@dataclass(frozen=True)
class Keeping:
    """What a table holds of a person, when it is over, and what else changes when she goes."""

    table: Any
    columns: tuple[str, ...]
    over: Over
    gone: Callable[[datetime], Mapping[str, Any]] = lambda _now: {}
    # what changes when its time is over: what was shown is not shown empty
    faded: Callable[[datetime], Mapping[str, Any]] = lambda _now: {}
    mine: bool = True

    @property
    def emptied(self) -> dict[str, None]:
        return dict.fromkeys(self.columns)

    def due(self, session: Session, now: datetime) -> ColumnElement[bool]:
        """What is over and still holds something."""
        held = (getattr(self.table, name).is_not(None) for name in self.columns)
        return and_(self.over(session, now), or_(*held))


def _when(column: Any) -> Over:
    """Some time after a moment of the row itself."""
    return lambda _session, now: column <= now - _TIME


def _day(column: Any) -> Over:
    """Some time after a day of the row itself."""
    return lambda session, now: column <= city_day(now, instance_of(session).city.zone) - _TIME


def _with(reference: Any, parent: Any, over: Over) -> Over:
    """Some time after what the row belongs to was over."""
    return lambda session, now: exists().where(parent.id == reference, over(session, now))


def _takes_back(now: datetime) -> Mapping[str, Any]:
    return {"state": SaidState.TAKEN_BACK, "hidden_why": None, "decided_at": now}


def _issue_goes(now: datetime) -> Mapping[str, Any]:
    """What the committee decided stays; what hangs on an issue without an end is forgotten from
    now on."""
    ended = func.coalesce(Issue.decided_at, now)
    return {"state": WITHOUT_WORDS, "refused_why": None, "decided_at": ended}


def _proposal_goes(_now: datetime) -> Mapping[str, Any]:
    return {"state": IssueState.TAKEN_BACK, "refused_why": None}


def _struck_for_no_reason(_now: datetime) -> Mapping[str, Any]:
    """That a line was struck off stays, as it counts; why tells of her (moved away, died)."""
    return {"struck_why": case((Elector.struck_on.is_not(None), ""))}


def _leaves_the_unit(now: datetime) -> Mapping[str, Any]:
    """Her own signature ends, and keeps its time if it had ended; a unit's is the unit's and
    stands, whoever gave it."""
    unit = SignOn.organisation_id.is_not(None)
    ended = func.coalesce(SignOn.withdrawn_at, now)
    return {
        "withdrawn_at": case((unit, SignOn.withdrawn_at), else_=ended),
        "sealed_name": case((unit, SignOn.sealed_name)),
    }


_ROUND: Final = _when(Round.ended_at)
_KEEPING: Final = (
    Keeping(
        Wish, (*_WORDS, "paper_key"), _with(Wish.round_id, Round, _ROUND), _takes_back, _takes_back
    ),
    Keeping(
        Comment, (*_WORDS, "sealed_proposal", "paper_key"),
        _with(Comment.round_id, Round, _ROUND), _takes_back, _takes_back,
    ),
    Keeping(
        Elector, (*_NAME, "household_hash", "unmark_why"),
        _with(Elector.vote_id, Vote, _when(Vote.closes_at)),
        _struck_for_no_reason, _struck_for_no_reason,
    ),
    Keeping(
        SignOn,
        (*_NAME, "sealed_household", "household_hash", "paper_key", "paper_thumbnail_key"),
        _when(SignOn.withdrawn_at), _leaves_the_unit,
    ),
    Keeping(
        Opinion, _WORDS, _with(Opinion.consultation_id, Consultation, _day(Consultation.closes_on)),
        _takes_back, _takes_back,
    ),
    Keeping(
        Issue, (*_WORDS, "title"), _when(Issue.decided_at), _issue_goes, _issue_goes,
    ),
    Keeping(
        IssueProposal, _WORDS, _with(IssueProposal.issue_id, Issue, _when(Issue.decided_at)),
        _proposal_goes, _proposal_goes,
    ),
    Keeping(
        Errand, (*_WORDS, "sealed_answer"), _when(Errand.closed_at),
        lambda now: {
            "state": ErrandState.TAKEN_BACK, "closed_at": func.coalesce(Errand.closed_at, now),
        },
    ),
    Keeping(Attendance, _NAME, _with(Attendance.meeting_id, Meeting, _when(Meeting.ends_at))),
    Keeping(Head, _NAME, _day(Head.ends_on), lambda _now: {"named_at": None}),
    Keeping(OwnersMember, _NAME, _day(OwnersMember.ends_on), lambda _now: {"named_at": None}),
    # of no account; what a note says of somebody goes all the same
    Keeping(Handling, ("sealed_note",), _when(Handling.at), mine=False),
)  # fmt: skip


@dataclass(frozen=True)
class ConventionsOfAPerson:
    """The provider of conventions; see ``portal.accounts.service.privacy``."""

    fields: tuple[PersonalField, ...] = PERSONAL_FIELDS

    def export(self, session: Session, person_id: UUID) -> list[dict[str, Any]]:
        ratings = export_ratings(session, [rater_key(session, person_id)])
        return [
            *records_of(session, person_id),
            *({"table": "community_rating", **row} for row in ratings),
        ]

    def erase(self, session: Session, person_id: UUID, now: datetime) -> None:
        """Her words and names go; a signature and a consent end with her."""
        files = list[str]()
        for keeping in _KEEPING:
            if keeping.mine:
                hers = keeping.table.person_id == person_id
                files += _files(session, keeping, hers)
                _blank(session, keeping.table, hers, {**keeping.emptied, **keeping.gone(now)})
        for table, _key, _old in _SUPPORT:
            session.execute(delete(table).where(table.person_id == person_id))
        session.execute(delete(Invited).where(Invited.person_id == person_id))
        forget_files(session, files)

    def expire(self, session: Session, now: datetime) -> int:
        """A batch of each table at a time."""
        asked = delete(Invited).where(_long_asked(now))
        gone = changed_rows(session, asked) + sum(_expire(session, one, now) for one in _KEEPING)
        return gone + sum(_expire_support(session, *one, now) for one in _SUPPORT)

    def due(self, session: Session, now: datetime) -> Mapping[str, int]:
        found = {one.table.__tablename__: (one.table, one.due(session, now)) for one in _KEEPING}
        for table, _key, old in _SUPPORT:
            found[table.__tablename__] = (table, old(session, now))
        found[Invited.__tablename__] = (Invited, _long_asked(now))
        return {
            name: session.scalar(select(func.count()).select_from(table).where(these)) or 0
            for name, (table, these) in found.items()
        }


def _blank(
    session: Session, table: Any, these: ColumnElement[bool], values: Mapping[str, Any]
) -> int:
    return changed_rows(session, update(table).where(these).values(dict(values)))


def _files(session: Session, keeping: Keeping, these: ColumnElement[bool]) -> list[str]:
    columns = [getattr(keeping.table, name) for name in keeping.columns if name in _FILES]
    if not columns:
        return []
    return [key for row in session.execute(select(*columns).where(these)) for key in row if key]


def _expire(session: Session, keeping: Keeping, now: datetime) -> int:
    table = keeping.table
    ids = session.scalars(select(table.id).where(keeping.due(session, now)).limit(BATCH)).all()
    if not ids:
        return 0
    files = _files(session, keeping, table.id.in_(ids))
    values = {**keeping.emptied, **keeping.faded(now)}
    gone = _blank(session, table, table.id.in_(ids), values)
    forget_files(session, files)
    return gone


def _long_asked(now: datetime) -> ColumnElement[bool]:
    """Whoever is told of meetings is asked again after that time."""
    return Invited.at <= now - _TIME


def _old_support(session: Session, now: datetime) -> ColumnElement[bool]:
    return exists().where(
        Comment.id == Support.comment_id, Comment.round_id == Round.id, _ROUND(session, now)
    )


def _old_issue_support(session: Session, now: datetime) -> ColumnElement[bool]:
    return _with(IssueSupport.issue_id, Issue, _when(Issue.decided_at))(session, now)


# rows that go as a whole: the table, what a batch is made by, and when they are over
_SUPPORT: Final[tuple[tuple[Any, Any, Over], ...]] = (
    (Support, Support.comment_id, _old_support),
    (IssueSupport, IssueSupport.issue_id, _old_issue_support),
)


def _expire_support(session: Session, table: Any, key: Any, old: Over, now: datetime) -> int:
    ids = session.scalars(select(key).where(old(session, now)).limit(BATCH)).all()
    return changed_rows(session, delete(table).where(key.in_(ids))) if ids else 0


_FILE_COLUMNS: Final = (
    Wish.paper_key, Comment.paper_key, SignOn.paper_key, SignOn.paper_thumbnail_key,
    ConventionFiling.document_key, PaperTally.photo_key, OwnersCommittee.document_key,
)  # fmt: skip


def _keys_in_use(session: Session, keys: frozenset[str]) -> set[str | None]:
    return {
        key
        for column in _FILE_COLUMNS
        for key in session.scalars(select(column).where(column.in_(keys)))
    }


register_blob_keeper(_keys_in_use)
register_personal_data(ConventionsOfAPerson())

"""What conventions keep about one person, for herself."""

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.conventions.models import (
    Attendance,
    Comment,
    Consultation,
    Convention,
    ConventionVersion,
    Elector,
    Errand,
    Estate,
    Head,
    Invited,
    Issue,
    IssueProposal,
    IssueSupport,
    Meeting,
    Opinion,
    OwnersCommittee,
    OwnersMember,
    Round,
    SignOn,
    Support,
    Vote,
    Wish,
)
from portal.kernel.instance import instance_of

Record = dict[str, Any]


def _of_round(table: Any, *columns: Any) -> Select[*tuple[Any, ...]]:
    return select(Round.title.label("about"), *columns).join(table, table.round_id == Round.id)


def _of_version(table: Any, *columns: Any) -> Select[*tuple[Any, ...]]:
    versions = ConventionVersion.title.label("about")
    return (
        select(versions, Convention.number, *columns)
        .select_from(table)
        .join(ConventionVersion, ConventionVersion.id == table.version_id)
        .join(Convention, Convention.id == ConventionVersion.convention_id)
    )


# empty once whoever raised the issue took it back
_ISSUE: Final = func.coalesce(Issue.title, "").label("about")
# columns are read out in this order; what is sealed is opened, and loses the prefix of its name
STATEMENTS: Final[tuple[tuple[Any, Select[*tuple[Any, ...]]], ...]] = (
    (Wish, _of_round(Wish, Wish.sealed_words, Wish.at, Wish.state, Wish.hidden_why)),
    (
        Comment,
        _of_round(
            Comment, Comment.quote, Comment.sealed_words, Comment.sealed_proposal, Comment.at,
            Comment.state, Comment.hidden_why,
        ),
    ),
    (
        Support,
        select(Round.title.label("about"))
        .join(Comment, Comment.round_id == Round.id)
        .join(Support, Support.comment_id == Comment.id),
    ),
    (
        Elector,
        select(
            Round.title.label("about"), Elector.roll, Elector.sealed_name, Elector.took_part,
            Elector.struck_on, Elector.struck_why, Elector.unmark_why,
        )
        .join(Vote, Vote.id == Elector.vote_id)
        .join(Round, Round.id == Vote.round_id),
    ),
    (
        SignOn,
        _of_version(
            SignOn, SignOn.sealed_name, SignOn.sealed_household, SignOn.signed_at, SignOn.named_at,
            SignOn.withdrawn_at,
        ),
    ),
    (
        Opinion,
        select(
            Consultation.title.label("about"), Opinion.sealed_words, Opinion.at, Opinion.state,
            Opinion.hidden_why,
        ).join(Opinion, Opinion.consultation_id == Consultation.id),
    ),
    (
        Issue,
        select(_ISSUE, Issue.sealed_words, Issue.raised_at, Issue.refused_why),
    ),
    (
        IssueProposal,
        select(
            _ISSUE, IssueProposal.sealed_words, IssueProposal.at, IssueProposal.refused_why
        ).join(IssueProposal, IssueProposal.issue_id == Issue.id),
    ),
    (
        IssueSupport,
        select(_ISSUE).join(IssueSupport, IssueSupport.issue_id == Issue.id),
    ),
    (
        Errand,
        select(
            Head.covers.label("about"), Errand.sealed_words, Errand.at, Errand.sealed_answer
        ).join(Errand, Errand.head_id == Head.id),
    ),
    (
        Attendance,
        select(Meeting.title.label("about"), Attendance.sealed_name, Attendance.at).join(
            Attendance, Attendance.meeting_id == Meeting.id
        ),
    ),
    (
        Invited,
        select(Area.name_zh_hans.label("about"), Invited.at).join(
            Invited, Invited.area_id == Area.id
        ),
    ),
    (
        Head,
        select(
            Head.covers.label("about"), Head.sealed_name, Head.starts_on, Head.ends_on,
            Head.named_at,
        ),
    ),
    (
        OwnersMember,
        select(
            Estate.title.label("about"), OwnersMember.office, OwnersMember.sealed_name,
            OwnersMember.starts_on, OwnersMember.ends_on, OwnersMember.named_at,
        )
        .join(OwnersCommittee, OwnersCommittee.estate_id == Estate.id)
        .join(OwnersMember, OwnersMember.committee_id == OwnersCommittee.id),
    ),
)  # fmt: skip


def records_of(session: Session, person_id: UUID) -> Iterator[Record]:
    """What she said, signed, agreed to, attended, and the offices she held."""
    for table, statement in STATEMENTS:
        for row in session.execute(statement.where(table.person_id == person_id)).mappings():
            yield {
                "table": table.__tablename__,
                **{key.removeprefix("sealed_"): _told(session, key, row[key]) for key in row},
            }


def _told(session: Session, column: str, value: Any) -> Any:
    if value is None:
        return None
    if column.startswith("sealed_"):
        return instance_of(session).vault.unseal(value)
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, date | datetime) else value

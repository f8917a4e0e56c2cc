"""The co-governance board (R114) as it is read: issues, proposals, how many support them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, literal, select
from sqlalchemy.orm import Session

from portal.conventions.models import Issue, IssueProposal, IssueSupport
from portal.conventions.rules.community import STANDING, IssueState
from portal.kernel.instance import instance_of

PAGE = 30
# as many proposals as one issue takes
MOST_PROPOSALS = 60
SHOWN = (IssueState.OPEN, IssueState.DECIDED, IssueState.DONE)


_TITLE = func.coalesce(Issue.title, "").label("title")
# where an issue stands when its words are gone
WITHOUT_WORDS = case(
    (Issue.state.in_(STANDING), Issue.state),
    else_=literal(IssueState.TAKEN_BACK, Issue.state.type),
)


@dataclass(frozen=True)
class IssueRow:
    """An issue; ``title`` and ``words`` are empty when whoever raised it took them back or is
    gone: only what was decided stays."""

    id: UUID
    number: str
    area_id: UUID
    place_path: str
    person_id: UUID | None
    organisation_id: UUID | None
    title: str
    words: str
    state: IssueState
    refused_why: str | None
    decision: str | None
    result: str | None
    raised_at: datetime
    decided_at: datetime | None
    done_at: datetime | None

    @property
    def shown(self) -> bool:
        return self.state in SHOWN


def _issues(
    session: Session, *where: ColumnElement[bool], limit: int = PAGE + 1, lock: bool = False
) -> list[IssueRow]:
    statement = (
        select(
            Issue.id, Issue.number, Issue.area_id, Issue.place_path, Issue.person_id,
            Issue.organisation_id, _TITLE, Issue.sealed_words, Issue.state,
            Issue.refused_why, Issue.decision, Issue.result, Issue.raised_at, Issue.decided_at,
            Issue.done_at,
        )
        .where(*where)
        .order_by(Issue.id.desc())
        .limit(limit)
    )  # fmt: skip
    found = session.execute(statement.with_for_update() if lock else statement)
    return [_issue(session, dict(row)) for row in found.mappings()]


def _issue(session: Session, row: dict[str, Any]) -> IssueRow:
    sealed = row.pop("sealed_words")
    return IssueRow(**row, words=instance_of(session).vault.unseal(sealed) if sealed else "")


def issues_of(
    session: Session, area_id: UUID, *, public: bool, after: str = ""
) -> list[IssueRow]:  # fmt: skip
    """A page of the issues of a place, the newest first, and one more."""
    where = [Issue.area_id == area_id]
    if public:
        where.append(Issue.state.in_(SHOWN))
    last = session.scalar(select(Issue.id).where(Issue.number == after)) if after else None
    if last is not None:
        where.append(Issue.id < last)
    return _issues(session, *where)


def issue_by_number(session: Session, number: str, *, lock: bool = False) -> IssueRow | None:
    """One of them."""
    return next(iter(_issues(session, Issue.number == number, limit=1, lock=lock)), None)


def issues_by(session: Session, person_id: UUID | None) -> list[IssueRow]:
    """What somebody raised."""
    return _issues(session, Issue.person_id == person_id, limit=200)


def issues_waiting_of(session: Session, area_id: UUID, person_id: UUID | None) -> int:
    """How many of somebody's wait to be looked at."""
    statement = (
        select(func.count())
        .select_from(Issue)
        .where(
            Issue.area_id == area_id, Issue.person_id == person_id,
            Issue.state == IssueState.WAITING,
        )
    )  # fmt: skip
    return session.scalar(statement) or 0


@dataclass(frozen=True)
class ProposalRow:
    """A proposal; ``at``: its place among those of the issue, for ever."""

    id: UUID
    at: int
    person_id: UUID | None
    organisation_id: UUID | None
    words: str
    state: IssueState
    refused_why: str | None
    said_at: datetime


def proposals_of(session: Session, issue_id: UUID) -> list[ProposalRow]:
    """All proposals of an issue in their order, those not shown too."""
    statement = (
        select(
            IssueProposal.id, IssueProposal.person_id, IssueProposal.organisation_id,
            IssueProposal.sealed_words, IssueProposal.state, IssueProposal.refused_why,
            IssueProposal.at,
        )
        .where(IssueProposal.issue_id == issue_id)
        .order_by(IssueProposal.id)
        .limit(MOST_PROPOSALS)
    )  # fmt: skip
    vault = instance_of(session).vault
    return [
        ProposalRow(
            row.id, at, row.person_id, row.organisation_id,
            vault.unseal(row.sealed_words) if row.sealed_words else "", row.state,
            row.refused_why, row.at,
        )
        for at, row in enumerate(session.execute(statement), 1)
    ]  # fmt: skip


@dataclass(frozen=True)
class MyProposalRow:
    """A proposal for whoever made it."""

    id: UUID
    issue_id: UUID
    number: str
    title: str
    issue_state: IssueState
    words: str
    state: IssueState
    refused_why: str | None

    @property
    def issue_shown(self) -> bool:
        return self.issue_state in SHOWN


def proposals_by(session: Session, person_id: UUID | None) -> list[MyProposalRow]:
    """What somebody proposed, the newest first."""
    statement = (
        select(
            IssueProposal.id, IssueProposal.issue_id, Issue.number, _TITLE,
            Issue.state.label("issue_state"), IssueProposal.sealed_words, IssueProposal.state,
            IssueProposal.refused_why,
        )
        .join(Issue, Issue.id == IssueProposal.issue_id)
        .where(IssueProposal.person_id == person_id)
        .order_by(IssueProposal.id.desc())
        .limit(200)
    )  # fmt: skip
    vault = instance_of(session).vault
    found = [dict(row) for row in session.execute(statement).mappings()]
    sealed = [row.pop("sealed_words") for row in found]
    return [
        MyProposalRow(**row, words=vault.unseal(words) if words else "")
        for row, words in zip(found, sealed, strict=True)
    ]


def issue_of_proposal(session: Session, proposal_id: UUID, person_id: UUID) -> UUID | None:
    """The issue that somebody's own proposal hangs on; None where it is not hers."""
    return session.scalar(
        select(IssueProposal.issue_id).where(
            IssueProposal.id == proposal_id, IssueProposal.person_id == person_id
        )
    )


def lock_issue(session: Session, issue_id: UUID) -> None:
    """Others who lock it wait until the end of this transaction."""
    session.execute(select(Issue.id).where(Issue.id == issue_id).with_for_update())


def support_of(session: Session, issue_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many support some issues and their proposals, by the id of either."""
    statement = (
        select(IssueSupport.subject_id, func.count())
        .where(IssueSupport.issue_id.in_(set(issue_ids)))
        .group_by(IssueSupport.subject_id)
    )
    return {row[0]: row[1] for row in session.execute(statement).all()}


def supported_by(session: Session, issue_id: UUID, person_id: UUID | None) -> set[UUID]:
    """What of an issue somebody supports."""
    statement = select(IssueSupport.subject_id).where(
        IssueSupport.issue_id == issue_id, IssueSupport.person_id == person_id
    )
    return set(session.scalars(statement))

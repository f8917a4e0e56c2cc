"""The co-governance board (R114): raised, looked at, proposed to, decided, done.

An issue is a resident's or a unit's. Others read it when staff have looked. Locks: issue.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.areas.queries import area_by_code
from portal.conventions.models import Issue, IssueProposal, IssueSupport
from portal.conventions.queries.community import lock_place
from portal.conventions.queries.issues import (
    MOST_PROPOSALS,
    WITHOUT_WORDS,
    IssueRow,
    ProposalRow,
    issue_by_number,
    issue_of_proposal,
    issues_waiting_of,
    lock_issue,
    proposals_of,
    supported_by,
)
from portal.conventions.rules.community import CommunityRefusal, IssueState, IssueStep, step_of
from portal.conventions.service.places import MANAGE, today_of
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number, new_number
from portal.kernel.instance import instance_of
from portal.organisations.queries import standing_organisations

MOST_WAITING = 5


def unit_of(session: Session, actor: Actor, *, now: datetime) -> UUID | None:
    """The unit for which somebody acts: the one that gave her a role, as long as it stands."""
    found = {grant.organisation_id for grant in actor.grants if grant.organisation_id}
    units = standing_organisations(session, found, today_of(session, now))
    return units[0].id if units else None


def raise_issue(
    session: Session, actor: Actor, code: str, title: str, words: str, *, for_unit: bool,
    now: datetime,
) -> str:  # fmt: skip
    """Raise an issue, for oneself or for one's unit (R145); its number."""
    area = area_by_code(session, code)
    if area is None:
        raise Missing
    lock_place(session, area.id)
    if issues_waiting_of(session, area.id, actor.person_id) >= MOST_WAITING:
        raise Refused(CommunityRefusal.TOO_MANY, facts={"most": MOST_WAITING})
    number = new_number()
    session.add(
        Issue(
            number=number, area_id=area.id, place_path=area.path, person_id=actor.person_id,
            organisation_id=_unit(session, actor, now, for_unit=for_unit), title=title,
            sealed_words=instance_of(session).vault.seal(words), raised_at=now,
        )
    )  # fmt: skip
    return number


def _unit(session: Session, actor: Actor, now: datetime, *, for_unit: bool) -> UUID | None:
    if not for_unit:
        return None
    found = unit_of(session, actor, now=now)
    if found is None:
        raise Refused(CommunityRefusal.NO_UNIT, field="for_unit")
    return found


def issue_shown(session: Session, number: str, *, lock: bool = False) -> IssueRow:
    """An issue that everybody reads. Raises Missing."""
    row = issue_by_number(session, clean_number(number) or "", lock=lock)
    if row is None or not row.shown:
        raise Missing
    return row


def issue_here(session: Session, actor: Actor, number: str, *, lock: bool = False) -> IssueRow:
    """An issue of one's places; any other is Missing."""
    row = issue_by_number(session, clean_number(number) or "", lock=lock)
    if row is None or not actor.may(MANAGE, place_path=row.place_path):
        raise Missing
    return row


def take_issue_step(
    session: Session, actor: Actor, number: str, step: IssueStep | None, words: str, *,
    now: datetime,
) -> None:  # fmt: skip
    """Show it, refuse it, decide it, or say that it is done; each but the first with words."""
    row = issue_here(session, actor, number, lock=True)
    if row.person_id is not None and row.person_id == actor.person_id:
        raise Refused(CommunityRefusal.OWN)
    edge = step_of(row.state, step) if step else None
    if edge is None:
        raise Conflict(CommunityRefusal.STATE)
    if edge.column and not words:
        raise Refused(CommunityRefusal.NO_REASON, field="words")
    values: dict[str, object] = {"state": edge.to}
    if edge.column:
        values[edge.column] = words
    if step in {IssueStep.DECIDE, IssueStep.REFUSE}:
        values |= {"decided_at": now, "decided_by": actor.person_id}
    if step is IssueStep.DONE:
        values["done_at"] = now
    session.execute(update(Issue).where(Issue.id == row.id).values(values))


def propose(
    session: Session, actor: Actor, number: str, words: str, *, for_unit: bool, now: datetime
) -> None:
    """Propose what to do about an issue that is being discussed."""
    row = issue_shown(session, number, lock=True)
    if step_of(row.state, IssueStep.DECIDE) is None:
        raise Refused(CommunityRefusal.STATE)
    known = proposals_of(session, row.id)
    mine = [one for one in known if one.person_id == actor.person_id]
    if len(known) >= MOST_PROPOSALS or len(mine) >= MOST_WAITING:
        raise Refused(CommunityRefusal.TOO_MANY_PROPOSALS)
    session.add(
        IssueProposal(
            issue_id=row.id, person_id=actor.person_id, at=now,
            organisation_id=_unit(session, actor, now, for_unit=for_unit),
            sealed_words=instance_of(session).vault.seal(words),
        )
    )  # fmt: skip


def proposal_at(session: Session, row: IssueRow, at: int) -> ProposalRow:
    """A proposal by its place. Raises Missing."""
    found = [one for one in proposals_of(session, row.id) if one.at == at]
    if not found:
        raise Missing
    return found[0]


def look_at_proposal(
    session: Session, actor: Actor, number: str, at: int, *, show: bool, reason: str = ""
) -> None:
    """Let everybody read a proposal, or not, with a reason that whoever made it reads."""
    row = issue_here(session, actor, number, lock=True)
    found = proposal_at(session, row, at)
    if found.person_id is not None and found.person_id == actor.person_id:
        raise Refused(CommunityRefusal.OWN)
    edge = step_of(found.state, IssueStep.SHOW if show else IssueStep.REFUSE)
    if edge is None:
        raise Conflict(CommunityRefusal.STATE)
    if not show and not reason:
        raise Refused(CommunityRefusal.NO_REASON, field="reason")
    session.execute(
        update(IssueProposal)
        .where(IssueProposal.id == found.id)
        .values(
            state=edge.to, decided_by=actor.person_id, refused_why=None if show else reason
        )
    )  # fmt: skip


def take_issue_back(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """Whoever raised it takes it back: her words go, and unless it was decided nobody reads of it
    any more."""
    row = issue_by_number(session, clean_number(number) or "", lock=True)
    if row is None or actor.person_id is None or row.person_id != actor.person_id:
        raise Missing
    if not row.title:
        raise Conflict(CommunityRefusal.ENDED)
    gone = {
        "title": None, "sealed_words": None, "refused_why": None, "state": WITHOUT_WORDS,
        # its end, from which what hangs on it is forgotten in time
        "decided_at": func.coalesce(Issue.decided_at, now),
    }  # fmt: skip
    session.execute(update(Issue).where(Issue.id == row.id).values(gone))


def take_proposal_back(session: Session, actor: Actor, proposal_id: UUID) -> None:
    """Whoever made it takes it back: her words go."""
    of = issue_of_proposal(session, proposal_id, actor.person_id) if actor.person_id else None
    if of is None:
        raise Missing
    # whoever looks at it in this moment waits, or is waited for
    lock_issue(session, of)
    standing = update(IssueProposal).where(
        IssueProposal.id == proposal_id, IssueProposal.state != IssueState.TAKEN_BACK
    )
    gone = {"state": IssueState.TAKEN_BACK, "sealed_words": None, "refused_why": None}
    if not changed_rows(session, standing.values(gone)):
        raise Conflict(CommunityRefusal.ENDED)


def toggle_support(session: Session, actor: Actor, number: str, at: int) -> None:
    """Support an issue (0) or one of its proposals, or no longer; the issue is locked."""
    row = issue_shown(session, number, lock=True)
    if actor.person_id is None or step_of(row.state, IssueStep.DECIDE) is None:
        raise Refused(CommunityRefusal.STATE)
    proposal = proposal_at(session, row, at) if at else None
    if proposal is not None and proposal.state is not IssueState.OPEN:
        raise Missing
    subject = proposal.id if proposal is not None else row.id
    if subject in supported_by(session, row.id, actor.person_id):
        mine = IssueSupport.subject_id == subject, IssueSupport.person_id == actor.person_id
        session.execute(delete(IssueSupport).where(*mine))
    else:
        session.add(IssueSupport(subject_id=subject, person_id=actor.person_id, issue_id=row.id))

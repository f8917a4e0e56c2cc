"""Deductions as the desk sees them: what is mine to look at, by state, page by page.

What a proposer is shown never depends on what the guard said (N1).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import Session

from credit.models import Matter
from credit.queries.matters import (
    BasisRow,
    FileRow,
    MatterRow,
    ObjectionRow,
    StepRow,
    TextRow,
    bases_by_ids,
    files_of,
    objections_of,
    read_matters,
    select_matters,
    shown,
    steps_of,
    texts_of,
)
from credit.queries.outside import LONGEST_WAIT, ground_of, is_inside
from credit.queries.routes import open_route
from credit.queries.rulebook import all_rules, versions_of
from credit.queries.speakers import concerns
from credit.rules.guard import COUNTS_FOR, MATTER, Route
from credit.rules.process import ENDED, MatterEvent, MatterState
from credit.rules.rulebook import Rule, RuleClass, rule_at
from portal.accounts.queries import people_by_ids
from portal.accounts.rules import Actor, Permission
from portal.organisations.queries import organisations_by_ids

PAGE: Final = 30
S = MatterState
_CONFIRMED: Final = (S.ANNOUNCED, S.DISPUTED, S.IN_EFFECT, S.CONTESTED, S.REPAIRED)


@dataclass(frozen=True)
class DeskMatter:
    """A line of the desk's list. ``subject`` is a name; ``rule`` a title."""

    row: MatterRow
    state: MatterState
    subject: str
    act: str
    rule: str
    deadline: datetime | None


@dataclass(frozen=True)
class DeskPage:
    """Some lines, and the number after which the next page begins."""

    rows: list[DeskMatter]
    next_after: str | None


def mine(
    session: Session, actor: Actor, now: datetime, *only: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Which matters (of some) somebody of the desk may open at all.

    Behind whose unit stands the proposal is asked before its route: a colleague of the proposer
    would read the guard's answer from what she finds, or does not find (N1).
    """
    if actor.person_id is None:
        return false()
    ways: list[ColumnElement[bool]] = [
        Matter.proposer_id == actor.person_id,
        Matter.confirmer_id == actor.person_id,
    ]
    not_about_me = ~concerns(actor.person_id)
    if not (actor.may(Permission.DEDUCTION_CONFIRM) or actor.may(Permission.DEDUCTION_REVIEW)):
        return or_(*ways)
    ground = ground_of(session, actor.person_id, now - COUNTS_FOR - LONGEST_WAIT)
    waiting = and_(Matter.state == S.WAITING, ~is_inside(ground), not_about_me, shown(now), *only)
    ways.append(Matter.id.in_(_sent_to(session, actor, waiting)))
    if actor.may(Permission.DEDUCTION_REVIEW):
        confirmed = (*_CONFIRMED, *ENDED)
        ways.append(and_(Matter.state.in_(confirmed), Matter.notice_id.is_not(None), not_about_me))
    return or_(*ways)


def _sent_to(session: Session, actor: Actor, waiting: ColumnElement[bool]) -> list[UUID]:
    """Those of the waiting proposals that the guard sent to somebody. Their routes are sealed, so
    each is opened; few wait at a time."""
    mine = {
        route
        for route, permission in (
            (Route.ORDINARY, Permission.DEDUCTION_CONFIRM),
            (Route.OUTSIDE, Permission.DEDUCTION_REVIEW),
        )
        if actor.may(permission)
    }
    rows = session.execute(select(Matter.id, Matter.sealed_route).where(waiting))
    return [row.id for row in rows if open_route(session, row.sealed_route, MATTER, row.id) in mine]


def desk_matters(
    session: Session, actor: Actor, *, ended: bool, after: str | None, now: datetime
) -> DeskPage:
    """My matters, the newest first: those that run, or those that have ended. Five queries,
    and five more for whoever confirms."""
    statement = select_matters().where(mine(session, actor, now), shown(now))
    over = Matter.state.in_(ENDED)
    statement = statement.where(over if ended else ~over)
    if after is not None:
        begin = select(Matter.proposed_at).where(Matter.number == after).scalar_subquery()
        statement = statement.where(
            or_(
                Matter.proposed_at < begin,
                and_(Matter.proposed_at == begin, Matter.number > after),
            )
        )
    rows = read_matters(session, _ordered(statement).limit(PAGE + 1))
    following = rows[PAGE - 1].number if len(rows) > PAGE else None
    return DeskPage(_lines(session, rows[:PAGE], now), following)


def _ordered(statement: Select[Any]) -> Select[Any]:
    return statement.order_by(Matter.proposed_at.desc(), Matter.number)


def _lines(session: Session, rows: list[MatterRow], now: datetime) -> list[DeskMatter]:
    acts = {text.matter_id: text.words for text in texts_of(session, [row.id for row in rows])
            if text.about == "act"}  # fmt: skip
    names = subjects_of(session, rows)
    rules = {
        (district, rule.name): rule.title
        for district in sorted({row.district for row in rows})
        for rule in all_rules(session, district)
    }
    return [
        DeskMatter(
            row, row.stands(now), names.get(row.id, ""), acts.get(row.id, ""),
            rules.get((row.district, row.rule), row.rule_code), deadline_of(row, now),
        )
        for row in rows
    ]  # fmt: skip


def subjects_of(session: Session, rows: list[MatterRow]) -> Mapping[UUID, str]:
    """Whom each matter is about, by name: two queries, whatever they are about."""
    people = people_by_ids(
        session, [row.subject_person_id for row in rows if row.subject_person_id]
    )
    shops = organisations_by_ids(
        session, [row.subject_shop_id for row in rows if row.subject_shop_id]
    )
    found = {}
    for row in rows:
        person = people.get(row.subject_person_id) if row.subject_person_id else None
        shop = shops.get(row.subject_shop_id) if row.subject_shop_id else None
        if person is not None:
            found[row.id] = person.display_name or person.number
        elif shop is not None:
            found[row.id] = shop.names["zh_Hans"]
    return found


def deadline_of(row: MatterRow, now: datetime) -> datetime | None:
    """Until when something has to be done, by whoever's turn it is."""
    state = row.stands(now)
    if state in {S.PROPOSED, S.WAITING}:
        return row.confirm_by
    if state in {S.DISPUTED, S.CONTESTED}:
        return row.answer_by
    if state is S.ANNOUNCED:
        return row.object_until
    return row.expires_at if state is S.IN_EFFECT else None


def desk_matter(session: Session, actor: Actor, number: str, now: datetime) -> MatterRow | None:
    """One matter, if it is somebody's to open."""
    this = Matter.number == number
    statement = select_matters().where(this, mine(session, actor, now, this), shown(now))
    rows = read_matters(session, statement)
    return rows[0] if rows else None


def deduction_rules(session: Session, district: str, actor: Actor, now: datetime) -> list[Rule]:
    """The rules by which somebody may propose a deduction now, as they count now."""
    versions: dict[str, list[Rule]] = {}
    for rule in all_rules(session, district):
        if rule.rule_class is RuleClass.DEDUCTION:
            versions.setdefault(rule.code, []).append(rule)
    counting = [rule_at(rules, now) for rules in versions.values()]
    return [
        rule
        for rule in counting
        if rule is not None and rule.points and rule.may_be_proposed_by(actor.roles)
    ]


def without_day(session: Session, now: datetime) -> int:
    """How many matters wait whose deadline nobody can count, because a calendar lacks its year."""
    missing = select_matters().where(
        shown(now),
        or_(
            and_(Matter.state.in_((S.PROPOSED, S.WAITING)), Matter.confirm_by.is_(None)),
            Matter.state.in_((S.DISPUTED, S.CONTESTED)),
        ),
    )
    rows = read_matters(session, missing.limit(500))
    return sum(deadline_of(row, now) is None for row in rows)


@dataclass(frozen=True)
class DeskDetail:
    """One matter with all that lies beside it. ``words`` by what they are about."""

    row: MatterRow
    state: MatterState
    subject: str
    words: Mapping[str, str]
    statements: list[TextRow]
    files: list[FileRow]
    objections: list[ObjectionRow]
    texts: Mapping[tuple[UUID, str], str]
    basis: BasisRow
    rule: Rule | None
    steps: list[StepRow]
    deadline: datetime | None

    def photos(self, objection_id: UUID | None) -> list[FileRow]:
        """The evidence (None), or what was handed in with an objection."""
        return [one for one in self.files if one.objection_id == objection_id]


def desk_detail(session: Session, row: MatterRow, actor: Actor, now: datetime) -> DeskDetail:
    """Everything about a matter that its page shows to this person."""
    texts = texts_of(session, [row.id])
    versions = {rule.version: rule for rule in versions_of(session, row.district, row.rule_code)}
    return DeskDetail(
        row=row,
        state=row.stands(now),
        subject=subjects_of(session, [row]).get(row.id, ""),
        words={text.about: text.words for text in texts if text.objection_id is None},
        statements=[text for text in texts if text.about == "statement"],
        files=files_of(session, [row.id]),
        objections=objections_of(session, [row.id]),
        texts={(one.objection_id, one.about): one.words for one in texts if one.objection_id},
        basis=bases_by_ids(session, [row.basis_id])[row.basis_id],
        rule=versions.get(row.rule_version),
        steps=[step for step in steps_of(session, row.id) if _is_shown(step, row, actor)],
        deadline=deadline_of(row, now),
    )


def _is_shown(step: StepRow, row: MatterRow, actor: Actor) -> bool:
    """Who proposed does not learn who looked at it, or that somebody did (N1)."""
    quiet = {MatterEvent.CHECK, MatterEvent.STAND_ASIDE}
    return step.event not in quiet or row.proposer_id != actor.person_id

"""After publication: revised by the same way, ended by those who adopted it or by the law."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.conventions.models import (
    ClauseEdit,
    Convention,
    DraftClause,
    DraftScript,
    Round,
    RoundEvent,
)
from portal.conventions.queries.published import (
    ConventionRow,
    VersionRow,
    clauses_of_versions,
    convention_by_number,
    last_sequence,
    open_round,
    readings_of,
    versions_of,
)
from portal.conventions.rules.kinds import rules_on
from portal.conventions.rules.published import EndWay, PublishRefusal
from portal.conventions.rules.repealing import Repeal, repeal_of
from portal.conventions.rules.texts import ClauseText, EditState
from portal.conventions.rules.way import Move, WayRefusal, first_state
from portal.conventions.service.drafting import ClauseWish, put_behind
from portal.conventions.service.rounds import MANAGE, REVIEW, least_until, round_here
from portal.kernel.audit import note_action
from portal.kernel.clock import city_day
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import clean_number, new_id, new_number
from portal.kernel.instance import instance_of


@dataclass(frozen=True)
class EndWish:
    """That the law ended a convention: from which day, and why. Everybody reads the reason."""

    ended_on: date
    reason: str


def convention_here(
    session: Session, actor: Actor, number: str, *, lock: bool = False
) -> ConventionRow:  # fmt: skip
    """A convention of the places that somebody looks after; any other is Missing."""
    row = convention_by_number(session, clean_number(number) or "", lock=lock)
    if row is None or not actor.may(MANAGE, place_path=row.place_path):
        raise Missing
    return row


def start_revision(
    session: Session, actor: Actor, number: str, asked: str, *, repeals: bool = False,
    now: datetime,
) -> str:  # fmt: skip
    """Begin to revise what is published, by the rule of today; the number of the round. Its text
    begins with the newest version, whose clauses keep their ids; where it ``repeals``, with the
    words of that decision: it goes the same way, and its publication ends the convention."""
    of = convention_here(session, actor, number, lock=True)
    versions = versions_of(session, of.id)
    if not versions:
        raise Conflict(PublishRefusal.NOT_NOW)
    _refuse_ended(session, of, now)
    if open_round(session, of.id) is not None:
        raise Conflict(PublishRefusal.RUNNING)
    row, decision = _round(session, of, versions[0], asked, now), None
    if repeals:
        decision = repeal_of(of.title, versions[0].version)
        row.repeals, row.title, row.preamble, row.reading = True, decision.title, None, None
    row.started_by = actor.person_id
    session.add(row)
    # clauses refer to it by its key alone
    session.flush()
    _begin_text(session, actor, row, versions[0], decision, now)
    session.add(
        RoundEvent(
            round_id=row.id, move=Move.START, to=row.state, actor_id=actor.person_id, reason=None,
            at=now,
        )
    )  # fmt: skip
    note_action(
        session, at=now, actor_id=actor.person_id, action="convention:revise",
        subject=f"convention:{of.number}",
    )  # fmt: skip
    return row.number


def _refuse_ended(session: Session, of: ConventionRow, now: datetime) -> None:
    """What has ended, or is to end by a vote that was carried, is not revised."""
    if of.ended_on is None:
        return
    if of.has_ended(city_day(now, instance_of(session).city.zone)):
        raise Conflict(PublishRefusal.ENDED)
    raise Conflict(PublishRefusal.ENDS, facts={"day": of.ended_on})


def _round(
    session: Session, of: ConventionRow, base: VersionRow, asked: str, now: datetime
) -> Round:  # fmt: skip
    today = city_day(now, instance_of(session).city.zone)
    rule = rules_on(today)[of.kind]
    state, readings = first_state(rule), readings_of(session, base.id)
    return Round(
        id=new_id(), number=new_number(), convention_id=of.id,
        sequence=last_sequence(session, of.id) + 1, kind_version=rule.version,
        place_path=of.place_path, state=state, until=least_until(rule, state, today),
        asked=asked or None, title=base.title, preamble=base.preamble,
        reading=readings[0].markdown if readings else None, base_version=base.version,
        started_at=now,
    )  # fmt: skip


def _begin_text(
    session: Session, actor: Actor, row: Round, base: VersionRow, decision: Repeal | None,
    now: datetime,
) -> None:  # fmt: skip
    if decision is None:
        _copy(session, actor, row, clauses_of_versions(session, [base.id])[base.id], now)
        return
    draft = round_here(session, actor, row.number, lock=True)
    put_behind(session, actor, draft, [ClauseWish(decision.heading, decision.clause)], now)


def _copy(
    session: Session, actor: Actor, row: Round, clauses: list[ClauseText], now: datetime
) -> None:
    drafts = [
        DraftClause(
            id=new_id(), round_id=row.id, clause_id=UUID(one.key), position=at, topic=one.topic,
            heading=one.heading, markdown=one.words, revision=1, updated_at=now,
        )
        for at, one in enumerate(clauses, 1)
    ]  # fmt: skip
    session.add_all(drafts)
    # references are by key alone
    session.flush()
    for draft, one in zip(drafts, clauses, strict=True):
        # whoever comments on these words finds them again when they change
        session.add(
            ClauseEdit(
                draft_id=draft.id, seen_revision=0, revision=1, heading=one.heading,
                markdown=one.words, state=EditState.SAVED, actor_id=actor.person_id, at=now,
                settled_at=now,
            )
        )  # fmt: skip
        session.add_all(
            DraftScript(draft_id=draft.id, script=script, markdown=words, revision=1)
            for script, words in one.scripts.items()
        )


def end_convention(
    session: Session, actor: Actor, number: str, wish: EndWish, *, now: datetime
) -> None:
    """Note that the law ended a convention. It stays to be read, with why. The street says so; what
    its residents adopted they themselves repeal, by a vote (``start_revision``). Where such a
    repeal lies ahead, the earlier end by law is the one that counts."""
    of = convention_here(session, actor, number, lock=True)
    if not actor.may(REVIEW, place_path=of.place_path):
        raise Forbidden
    today = city_day(now, instance_of(session).city.zone)
    if of.has_ended(today):
        raise Conflict(PublishRefusal.ENDED)
    versions = versions_of(session, of.id)
    if not versions:
        raise Conflict(PublishRefusal.NOT_NOW)
    if open_round(session, of.id) is not None:
        raise Conflict(PublishRefusal.RUNNING)
    if not wish.reason:
        raise Refused(WayRefusal.NO_REASON, field="reason")
    first = versions[-1].effective_from
    if not first <= wish.ended_on <= today:
        raise Refused(PublishRefusal.END_DAY, field="ended_on", facts={"day": first})
    session.execute(
        update(Convention)
        .where(Convention.id == of.id)
        .values(ended_on=wish.ended_on, ended_way=EndWay.LAW, ended_why=wish.reason)
    )
    note_action(
        session, at=now, actor_id=actor.person_id, action="convention:end",
        subject=f"convention:{of.number}",
    )  # fmt: skip

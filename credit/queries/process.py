"""A person's own deductions, from the notice on, as her pages show them.

A fixed number of queries, however many there are. What she was not told of yet, what has expired
and what belongs to somebody else is in no answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, aliased

from credit.models import Matter as MatterTable
from credit.models import MatterStep, Objection
from credit.queries.matters import (
    BasisRow,
    FileRow,
    MatterRow,
    ObjectionRow,
    TextRow,
    bases_by_ids,
    files_of,
    objections_of,
    open_to_objection,
    read_matters,
    select_matters,
    shown,
    texts_of,
)
from credit.queries.rulebook import all_rules
from credit.queries.speakers import concerns
from credit.rules.ladder import LadderStep, next_step, step_of
from credit.rules.objections import ask_until, next_attempt
from credit.rules.process import (
    DISPUTES,
    TOLD,
    Decision,
    MatterEvent,
    MatterRefusal,
    MatterState,
)
from credit.rules.rulebook import Rule
from portal.accounts.rules import roles
from portal.areas.queries import areas_by_codes
from portal.areas.rules import codes_of
from portal.organisations.queries import organisations_by_ids

Names = Mapping[str, str]
_MAY_OBJECT: Final = frozenset({MatterState.ANNOUNCED, MatterState.IN_EFFECT})
_STATING: Final = frozenset({MatterState.VOIDED, MatterState.REVERSED})


@dataclass(frozen=True)
class OwnObjection:
    """One step of the ladder as the person reads it."""

    step: LadderStep
    opened_at: datetime
    answer_by: datetime | None
    extended: bool
    on_paper: bool
    statement: str
    decision: Decision | None
    decided_at: datetime | None
    reason: str
    files: tuple[FileRow, ...]


@dataclass(frozen=True)
class Matter:
    """A deduction as the person concerned sees it: everything of L7, and what she can do now.

    ``state`` is where it stands at this moment, whatever a job has written down. ``next_step`` is
    what she can ask for, None when nothing, and ``ask_until`` its last moment if it has one.
    ``shop``: the names of the shop it is about, None when it is about the reader herself.
    ``proposed_by`` and ``decided_by`` are offices, never people. In which office somebody
    confirmed is not told: it would tell whether the guard sent the proposal outside (N1).
    """

    id: UUID
    number: str
    district: str
    state: MatterState
    act: str
    place: str
    happened_at: datetime
    rule_code: str
    rule_version: int
    rule_title: str
    rule_text: str
    rule_evidence: str
    basis: BasisRow
    amount: int
    repaired: int
    announced_at: datetime
    object_until: datetime
    effective_at: datetime | None
    expires_at: datetime | None
    ended_at: datetime | None
    ended_because: MatterEvent | None
    disputed: bool
    objections: tuple[OwnObjection, ...]
    decision: Decision | None
    decision_reason: str
    evidence: tuple[FileRow, ...]
    statements: tuple[tuple[datetime, str], ...]
    next_step: LadderStep | None
    ask_until: datetime | None
    can_object: bool
    can_ask_review: bool
    can_withdraw_objection: bool
    can_add_statement: bool
    entry_ids: tuple[UUID, ...]
    shop: Names | None
    proposed_by: Names
    decided_by: tuple[Names, ...]

    @property
    def left(self) -> int:
        """What of it counts after repairs."""
        return self.amount - self.repaired


def own_matters(session: Session, person_id: UUID, now: datetime) -> list[Matter]:
    """Everything she was told of and may still read, the newest first."""
    statement = select_matters().where(concerns(person_id), *_told(now))
    rows = read_matters(session, statement.order_by(MatterTable.announced_at.desc()))
    return matters_in_words(session, rows, now)


def own_matter(session: Session, person_id: UUID, matter_id: UUID, now: datetime) -> Matter | None:
    """One of them; somebody else's is None."""
    statement = select_matters().where(
        MatterTable.id == matter_id, concerns(person_id), *_told(now)
    )
    found = matters_in_words(session, read_matters(session, statement), now)
    return found[0] if found else None


def own_matter_by_number(
    session: Session, person_id: UUID, number: str, now: datetime
) -> Matter | None:
    """The same by the public number that stands in the letter."""
    statement = select_matters().where(
        MatterTable.number == number, concerns(person_id), *_told(now)
    )
    found = matters_in_words(session, read_matters(session, statement), now)
    return found[0] if found else None


@dataclass(frozen=True)
class OpenNotices:
    """Notices that somebody can still object to, and when the window of the first one closes."""

    count: int
    until: datetime


@dataclass(frozen=True)
class OpenSteps:
    """What somebody can still do about deductions: object, and ask for a review of an answer."""

    notices: OpenNotices | None
    reviews: OpenNotices | None


def open_steps(session: Session, person_id: UUID, now: datetime) -> OpenSteps | None:
    """What still waits for her word, and until when; None: nothing. Two queries."""
    found = OpenSteps(open_notices(session, person_id, now), open_reviews(session, person_id, now))
    return found if found.notices or found.reviews else None


def open_notices(session: Session, person_id: UUID, now: datetime) -> OpenNotices | None:
    """What was announced to her, does not count yet and was not objected to; None: nothing."""
    statement = select(func.count(), func.min(MatterTable.object_until)).where(
        concerns(person_id),
        MatterTable.state == MatterState.ANNOUNCED,
        MatterTable.object_until > now,
        open_to_objection(),
        *_told(now),
    )
    count, until = session.execute(statement).one()
    return OpenNotices(count, until) if until else None


def open_reviews(session: Session, person_id: UUID, now: datetime) -> OpenNotices | None:
    """Answers that let a deduction stand and whose review can still be asked for; None: none."""
    later = aliased(Objection)
    statement = (
        select(Objection.step, Objection.decided_at)
        .join(MatterTable, MatterTable.id == Objection.matter_id)
        .where(
            concerns(person_id),
            MatterTable.state.in_(_MAY_OBJECT),
            Objection.decision == Decision.UPHELD,
            ~exists().where(
                later.matter_id == Objection.matter_id, later.opened_at > Objection.opened_at
            ),
            *_told(now),
        )
    )
    ends = [
        until
        for step, decided_at in session.execute(statement)
        if (following := next_step(step)) is not None
        and (until := ask_until(following, decided_at)) is not None
        and until >= now
    ]
    return OpenNotices(len(ends), min(ends)) if ends else None


def _told(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return MatterTable.state.in_(TOLD), MatterTable.notice_id.is_not(None), shown(now)


@dataclass(frozen=True)
class _Beside:
    """What lies beside some matters, each read once."""

    texts: list[TextRow]
    files: list[FileRow]
    objections: list[ObjectionRow]
    bases: Mapping[UUID, BasisRow]
    rules: Mapping[tuple[str, str, int], Rule]
    units: Mapping[UUID, Names]
    places: Mapping[str, Names]
    offices: Sequence[tuple[UUID, str | None]]


def matters_in_words(session: Session, rows: list[MatterRow], now: datetime) -> list[Matter]:
    """Rows with their words, photos and objections."""
    if not rows:
        return []
    ids = [row.id for row in rows]
    offices = session.execute(
        select(MatterStep.matter_id, MatterStep.office)
        .where(
            MatterStep.matter_id.in_(ids),
            MatterStep.event.in_((MatterEvent.UPHOLD, MatterEvent.GRANT)),
        )
        .order_by(MatterStep.at, MatterStep.id)
    )
    named = [one for row in rows for one in (row.unit_id, row.subject_shop_id) if one]
    units = organisations_by_ids(session, named)
    beside = _Beside(
        texts_of(session, ids), files_of(session, ids), objections_of(session, ids),
        bases_by_ids(session, {row.basis_id for row in rows}), _rules(session, rows),
        {unit_id: unit.names for unit_id, unit in units.items()},
        _places(session, rows), [(row[0], row[1]) for row in offices],
    )  # fmt: skip
    return [matter for row in rows if (matter := _matter(row, beside, now)) is not None]


def _rules(session: Session, rows: list[MatterRow]) -> dict[tuple[str, str, int], Rule]:
    districts = sorted({row.district for row in rows})
    return {
        (district, rule.code, rule.version): rule
        for district in districts
        for rule in all_rules(session, district)
    }


def _places(session: Session, rows: list[MatterRow]) -> Mapping[str, Names]:
    paths = {row.unit_place for row in rows if row.unit_place and not row.unit_id}
    areas = areas_by_codes(session, {codes_of(path)[-1] for path in paths if codes_of(path)})
    return {path: areas[code].names for path in paths if (code := codes_of(path)[-1]) in areas}


def _matter(row: MatterRow, beside: _Beside, now: datetime) -> Matter | None:
    if row.announced_at is None or row.object_until is None:
        return None
    state = row.stands(now)
    texts = [text for text in beside.texts if text.matter_id == row.id]
    objections = [one for one in beside.objections if one.matter_id == row.id]
    words = {text.about: text.words for text in texts if text.objection_id is None}
    rule = beside.rules.get((row.district, row.rule_code, row.rule_version))
    mine = tuple(_objection(one, texts, beside.files) for one in objections)
    decided = [one for one in mine if one.decision in {Decision.UPHELD, Decision.GRANTED}]
    following = _following(objections, now) if _may_object(state) else None
    first = following is not None and following.number == 0
    return Matter(
        id=row.id, number=row.number, district=row.district, state=state,
        act=words.get("act", ""), place=words.get("place", ""), happened_at=row.happened_at,
        rule_code=row.rule_code, rule_version=row.rule_version,
        rule_title=rule.title if rule else row.rule_code,
        rule_text=rule.source_text if rule else "",
        rule_evidence=rule.evidence if rule else "",
        basis=beside.bases[row.basis_id], amount=row.amount, repaired=row.repaired,
        announced_at=row.announced_at, object_until=row.object_until,
        effective_at=row.effective_at, expires_at=row.expires_at, ended_at=row.ended_at,
        ended_because=row.ended_by_event, disputed=state in DISPUTES, objections=mine,
        decision=decided[-1].decision if decided else None,
        decision_reason=decided[-1].reason if decided else "",
        evidence=_photos(beside.files, row.id, None),
        statements=tuple((text.at, text.words) for text in texts if text.about == "statement"),
        next_step=following, ask_until=_ask_until(following, objections), can_object=first,
        can_ask_review=following is not None and not first,
        can_withdraw_objection=state in DISPUTES,
        can_add_statement=state not in _STATING,
        entry_ids=tuple(one for one in (row.notice_id, row.posted_id, row.end_id) if one),
        shop=beside.units.get(row.subject_shop_id) if row.subject_shop_id else None,
        proposed_by=_proposing(row, beside),
        decided_by=tuple(_role(office) for who, office in beside.offices if who == row.id),
    )  # fmt: skip


def _may_object(state: MatterState) -> bool:
    return state in _MAY_OBJECT


def _following(objections: list[ObjectionRow], now: datetime) -> LadderStep | None:
    answers = [(one.step, one.attempt, one.decision, one.decided_at) for one in objections]
    found = next_attempt(answers, now)
    return None if isinstance(found, MatterRefusal) else found[0]


def _ask_until(step: LadderStep | None, objections: list[ObjectionRow]) -> datetime | None:
    return ask_until(step, objections[-1].decided_at) if step and objections else None


def _objection(row: ObjectionRow, texts: list[TextRow], files: list[FileRow]) -> OwnObjection:
    words = {text.about: text.words for text in texts if text.objection_id == row.id}
    return OwnObjection(
        step=step_of(row.step), opened_at=row.opened_at, answer_by=row.answer_by,
        extended=row.extended_at is not None, on_paper=row.typed_by is not None,
        statement=words.get("objection", ""), decision=row.decision, decided_at=row.decided_at,
        reason=words.get("decision", ""), files=_photos(files, row.matter_id, row.id),
    )  # fmt: skip


def _photos(
    files: list[FileRow], matter_id: UUID, objection_id: UUID | None
) -> tuple[FileRow, ...]:
    return tuple(
        one for one in files if one.matter_id == matter_id and one.objection_id == objection_id
    )


def _proposing(row: MatterRow, beside: _Beside) -> Names:
    if row.unit_id is not None:
        return beside.units.get(row.unit_id, {})
    return beside.places.get(row.unit_place or "", {})


def _role(office: str | None) -> Names:
    known = roles().get(office or "")
    return known.names if known else {}

"""Reads of who is responsible: the list, what communities are given, and what cases keep of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import String, cast, null, select, union_all
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.areas.models import Area
from portal.organisations.queries import OrganisationRow, organisations
from portal.reports.models import (
    CaseAttribute,
    CaseCoUnit,
    CaseRoute,
    CommunityAllowance,
    ResponsibilityRule,
)
from portal.reports.queries.answers import said_for_routing
from portal.reports.queries.case import CaseRow
from portal.reports.queries.contracts import links_of
from portal.reports.queries.hung import hangs
from portal.reports.queries.public import kinds
from portal.reports.rules.contracts import UPKEEP
from portal.reports.rules.kinds import YES
from portal.reports.rules.routing import (
    Allowance,
    Basis,
    CaseKey,
    Receiver,
    Responsibility,
    read_receiver,
)
from portal.reports.rules.units_named import AUTHORITIES, plain_name

# answers that name a unit in the reporter's words
NAMED = (CaseKey.PERMIT_HOLDER.value, CaseKey.UNIT_COMPLAINED_OF.value)


@dataclass(frozen=True)
class CoUnitRow:
    """A unit that supports the lead of a case, and what it answered."""

    unit_id: UUID
    added_at: datetime
    seen_at: datetime | None
    opinion_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True)
class RouteRow:
    """Why one dispatch went where it went."""

    event_id: UUID
    basis: Basis
    rule_code: str | None


def responsibilities(
    session: Session, codes: Collection[str] | None = None
) -> list[Responsibility]:
    """All rows of the list, ended and coming ones too, or those with some codes."""
    statement = select(ResponsibilityRule, Area.path).join(
        Area, Area.code == ResponsibilityRule.area_code, isouter=True
    )
    if codes is not None:
        statement = statement.where(ResponsibilityRule.code.in_(codes))
    rows = session.execute(statement.order_by(ResponsibilityRule.code))
    return [_responsibility(row, path) for row, path in rows]


def both_lists(session: Session) -> tuple[list[Responsibility], list[Allowance]]:
    """All rows of the list, and all that communities are given, in one query."""
    keys = union_all(
        select(ResponsibilityRule.code.label("rule"), cast(null(), String).label("admission")),
        select(cast(null(), String), CommunityAllowance.code),
    ).subquery()
    rows = session.execute(
        select(ResponsibilityRule, CommunityAllowance, Area.path)
        .select_from(keys)
        .join(ResponsibilityRule, ResponsibilityRule.code == keys.c.rule, isouter=True)
        .join(CommunityAllowance, CommunityAllowance.code == keys.c.admission, isouter=True)
        .join(Area, Area.code == ResponsibilityRule.area_code, isouter=True)
        .order_by(keys.c.rule, keys.c.admission)
    ).all()
    return (
        [_responsibility(rule, path) for rule, _, path in rows if rule is not None],
        [_allowance(admission) for _, admission, _ in rows if admission is not None],
    )


def _responsibility(row: ResponsibilityRule, area_path: str | None) -> Responsibility:
    return Responsibility(
        code=row.code,
        lead=_receiver(row.lead),
        co=tuple(_receiver(text) for text in row.co.split()),
        area_code=row.area_code,
        area_path=area_path,
        category=row.category_code,
        group=row.group,
        area_at_most=row.area_at_most,
        area_over=row.area_over,
        tag=row.tag,
        road_class=row.road_class,
        on_permit=row.on_permit,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        source=row.source,
        made_up=row.made_up,
    )


def _receiver(text: str) -> Receiver:
    # what was stored was read before; a kind that a later version dropped names nobody
    return read_receiver(text) or Receiver(code=text)


def allowances(session: Session) -> list[Allowance]:
    """All that communities are, were and will be given."""
    rows = session.scalars(select(CommunityAllowance).order_by(CommunityAllowance.code))
    return [_allowance(row) for row in rows]


def _allowance(row: CommunityAllowance) -> Allowance:
    return Allowance(
        row.code,
        row.area_code,
        row.category_code,
        row.group,
        row.valid_from,
        row.valid_to,
        row.source,
        row.made_up,
    )


def groups_of_kinds(session: Session) -> dict[str, str]:
    """The function group of each kind, ended ones too."""
    return {code: kind.group for code, kind in kinds(session).items()}


def attributes_of(
    session: Session,
    cases: Sequence[CaseRow],
    *,
    answers: Mapping[UUID, Mapping[CaseKey, str]] | None = None,
) -> dict[UUID, dict[CaseKey, str]]:
    """What is known of cases, in one query. ``answers``: what reporters said, where the desk
    entered nothing."""
    found: dict[UUID, dict[CaseKey, str]] = {
        case.id: dict((answers or {}).get(case.id, {})) for case in cases
    }
    asked = [case for case in cases if hangs(session, case.id, CaseAttribute)]
    if not asked:
        return found
    rows = session.execute(
        select(CaseAttribute.case_id, CaseAttribute.key, CaseAttribute.value).where(
            CaseAttribute.district.in_({case.district for case in asked}),
            CaseAttribute.case_id.in_([case.id for case in asked]),
        )
    )
    for case_id, key, value in rows:
        found[case_id][key] = value
    return found


def known_of(session: Session, cases: Sequence[CaseRow]) -> dict[UUID, dict[CaseKey, str]]:
    """What the desk entered about cases, else what their reporters said: two queries, and one
    each where somebody named a unit or complained of upkeep work."""
    said = said_for_routing(session, cases)
    named = any(key in words for words in said.values() for key in NAMED)
    units = organisations(session) if named else []
    answers = {case_id: read_answers(words, units) for case_id, words in said.items()}
    complaints = [case for case in cases if said.get(case.id, {}).get(UPKEEP) == YES]
    for case_id, link in (links_of(session, complaints) if complaints else {}).items():
        if link.contract is not None:
            # whoever does the work badly is not the one who judges it (R048)
            answers[case_id].setdefault(CaseKey.UNIT_COMPLAINED_OF, link.contract.contractor)
    return attributes_of(session, cases, answers=answers)


def read_answers(said: Mapping[str, str], units: Sequence[OrganisationRow]) -> dict[CaseKey, str]:
    """What a reporter said, as far as the register knows the units that she named by their name."""
    found = {CaseKey(key): words for key, words in said.items() if key == CaseKey.AREA_M2.value}
    for key in NAMED:
        code = unit_named(said.get(key, ""), key, units)
        if code is not None:
            found[CaseKey(key)] = code
    return found


def unit_named(words: str, key: str, units: Sequence[OrganisationRow]) -> str | None:
    """The code of the one unit that has this name; permits are an authority's (谁许可谁负责).

    A firm on the board of a site is whoever got the permit: it never becomes responsible by it.
    """
    wanted = plain_name(words)
    able = (one for one in units if key != CaseKey.PERMIT_HOLDER.value or one.kind in AUTHORITIES)
    codes = {
        unit.code
        for unit in able
        if wanted and wanted in {plain_name(name) for name in (unit.code, *unit.names.values())}
    }
    return codes.pop() if len(codes) == 1 else None


def co_units_of(session: Session, case: CaseRow) -> list[CoUnitRow]:
    """The units that support or supported the lead, in the order of their coming."""
    if not hangs(session, case.id, CaseCoUnit):
        return []
    rows = session.execute(
        select(
            CaseCoUnit.unit_id,
            CaseCoUnit.added_at,
            CaseCoUnit.seen_at,
            CaseCoUnit.opinion_at,
            CaseCoUnit.ended_at,
        )
        .where(CaseCoUnit.district == case.district, CaseCoUnit.case_id == case.id)
        .order_by(CaseCoUnit.added_at, CaseCoUnit.unit_id)
    )
    return [CoUnitRow(*row) for row in rows]


def supports(session: Session, case: CaseRow, actor: Actor) -> UUID | None:
    """The unit of this reader that supports the lead of a case, if there is one."""
    units = actor.organisations_for(Permission.REPORT_READ)
    if not units:
        return None
    return session.scalar(
        select(CaseCoUnit.unit_id)
        .where(
            CaseCoUnit.district == case.district,
            CaseCoUnit.case_id == case.id,
            CaseCoUnit.unit_id.in_(units),
            CaseCoUnit.ended_at.is_(None),
        )
        .order_by(CaseCoUnit.unit_id)
        .limit(1)
    )


def routes_of(session: Session, case: CaseRow) -> dict[UUID, RouteRow]:
    """Why each dispatch of a case went where it went, by its event."""
    rows = session.execute(
        select(CaseRoute.event_id, CaseRoute.basis, CaseRoute.rule_code).where(
            CaseRoute.district == case.district, CaseRoute.case_id == case.id
        )
    )
    return {row.event_id: RouteRow(*row) for row in rows}

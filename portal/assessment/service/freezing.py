"""Freezing a period: inputs with hashes, ranks that anybody can recompute, sealed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from credit.rules.kinds import Kind
from credit.service.known import Rejected
from credit.service.posting import Details
from credit.service.statements import seal_statement
from portal.assessment.models import Frozen, FrozenRow, Objection
from portal.assessment.queries.frozen import (
    FrozenLine,
    json_of,
    newest_frozen,
    open_objections,
    rows_of,
    upheld,
)
from portal.assessment.queries.inputs import (
    Month,
    means_of,
    month_of,
    release_text,
    values_of,
)
from portal.assessment.queries.units import Unit, units_of
from portal.assessment.rules import LONGEST_REASON, Missing, Refusal, Span, recompute
from portal.assessment.rules.files import (
    INPUTS,
    METADATA,
    PROGRAM,
    RESULT,
    digest_of,
    files_of,
)
from portal.assessment.rules.periods import RANKED, Period, period_of, slug_of
from portal.assessment.rules.sets import Indicator, funds, groups, known_least, set_for
from portal.assessment.service.dispatch import keep_report
from portal.assessment.service.settings import settings_of
from portal.assessment.service.talks import call_to_talks
from portal.assessment.service.turns import take_turn, version_of, write_version
from portal.kernel.clock import month_bounds
from portal.kernel.errors import Refused
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of
from portal.reports.rules.codes import Means
from portal.satisfaction.queries.releases import first_counted_month

Document = dict[str, Any]


@dataclass(frozen=True)
class Freeze:
    """What a call found or made. ``made``: this very call froze it."""

    slug: str
    made: bool


def freeze_period(session: Session, name: str, *, now: datetime) -> Freeze:
    """Freeze a period, or its corrections as the next version. A second call changes nothing.

    Raises Refused: while it runs, while inputs are missing or objections are open.
    """
    period = period_of(name)
    if period is None:
        raise Refused(Refusal.BAD_PERIOD)
    if now < month_bounds(period.last_month, instance_of(session).city.zone)[1]:
        raise Refused(Refusal.OPEN_PERIOD)
    take_turn(session, name, *period.parts)
    if open_objections(session, (name,)):
        raise Refused(Refusal.OBJECTIONS, facts={"periods": name})
    version, corrections = version_of(session, name), upheld(session, name)
    if version and not _new_of(session, name, corrections):
        return Freeze(slug_of(name, version), made=False)
    if version and period.part_of and version_of(session, period.part_of):
        raise Refused(Refusal.CARRIED_ON, facts={"period": period.part_of})
    document = _first(session, period, now) if not version else _earlier(session, name)
    document |= {"version": version + 1, "slug": slug_of(name, version + 1)}
    document["corrections"] = [_correction(one) for one in corrections]
    _store(session, document, _reason(corrections) if version else None, now)
    if period.span is Span.MONTH:
        keep_report(session, name, now=now)
    return Freeze(document["slug"], made=True)


def _new_of(session: Session, name: str, corrections: Sequence[Objection]) -> bool:
    """Whether something was corrected since the newest version."""
    return len(corrections) > len(_earlier(session, name)["corrections"])


def _earlier(session: Session, name: str) -> Document:
    """The inputs of the newest version: what was measured stays, corrections are added."""
    line = newest_frozen(session, name)
    document: Document = json_of(session, line.slug) if line else {}
    return document


def _reason(corrections: Sequence[Objection]) -> str:
    numbers = ", ".join(one.number for one in corrections)
    return numbers if len(numbers) <= LONGEST_REASON else f"{numbers[: LONGEST_REASON - 1]}…"


def _correction(one: Objection) -> Document:
    said = {
        "objection": one.number, "group": one.group, "unit": one.unit, "indicator": one.indicator,
        "becomes": one.becomes, "why": one.why,
    }  # fmt: skip
    return said if one.was is None else said | {"was": one.was}


# --- what is measured -----------------------------------------------------------------------------


def _first(session: Session, period: Period, now: datetime) -> Document:
    """The inputs of a period that was never frozen."""
    settings = settings_of(instance_of(session).city)
    ranked = period.span in RANKED
    paid = funds() if period.span is Span.YEAR else ()
    document: Document = {
        "period": period.name,
        "ranked": "yes" if ranked else "no",
        "pass_mark": settings.pass_mark * 100,
        "funds": [
            {"code": fund.code, "group": fund.group, "fen": settings.fen[fund.code]}
            for fund in paid
        ],
    }
    if period.span is Span.MONTH:
        document |= _measured(session, period)
    else:
        document |= _put_together(session, period, now)
    return document | {"known_least": known_least(document["set"])}


def _measured(session: Session, period: Period) -> Document:
    """A month: every indicator of the set that counts for it."""
    chosen, month = set_for(period.name), month_of(session, period.name)
    if chosen is None:
        raise Refused(Refusal.NO_SET)
    first = first_counted_month(session)
    if month.release is None and first is not None and first <= period.name:
        raise Refused(Refusal.NO_RELEASE, facts={"month": period.name})
    code, indicators = chosen
    units = [
        unit for group in groups().values() for unit in units_of(session, group, month.days.last)
    ]
    values = values_of(session, month, units, indicators)
    said = [
        {"group": group, "unit": unit, "indicator": one, **value.said()}
        for (group, unit, one), value in sorted(values.items())
    ]
    return {
        "set": code, "parts": [], "releases": _released(session, month),
        "groups": _groups(indicators), "units": _units(units), "inputs": said,
        "means": _means(session, period.name),
    }  # fmt: skip


def _released(session: Session, month: Month) -> list[Document]:
    """What of satisfaction was released; nothing is for months before anybody rated."""
    if month.release is None:
        return []
    text = release_text(session, month.release)
    return [{"slug": month.release, "sha256": sha256(text.encode()).hexdigest()}]


def _means(session: Session, name: str) -> Document:
    """The closed matters of the month by means (721), as numbers."""
    found = means_of(session, name)
    return {one.value: found.known.get(one, 0) for one in Means} | {"unknown": found.unknown}


def _groups(indicators: Iterable[Indicator]) -> list[Document]:
    found: dict[str, Document] = {}
    for one in indicators:
        group = groups()[one.group]
        mine = found.setdefault(
            one.group, {"code": one.group, "ranked": "yes" if group.ranked else "no"}
        )
        mine.setdefault("indicators", []).append(_line(one))
    return list(found.values())


def _line(one: Indicator) -> Document:
    silence = {} if one.silence is None else {"silence": one.silence}
    return silence | {
        "code": one.code, "source": one.source.value, "formula": one.formula,
        "weight": one.weight, "none": one.none, "full": one.full, "missing": one.missing.value,
        "direction": one.direction.value, "name": one.names["zh_Hans"],
        "axis": one.axis.value if one.axis else "", "field": one.field.value if one.field else "",
    }  # fmt: skip


def _units(units: Iterable[Unit]) -> list[Document]:
    return [
        {
            "group": unit.group, "code": unit.code, "name": unit.names["zh_Hans"],
            "names": dict(unit.names),
        }
        for unit in units
    ]  # fmt: skip


def _put_together(session: Session, period: Period, now: datetime) -> Document:
    """A quarter of its months, a year of its quarters: the points of each count alike."""
    parts = {name: newest_frozen(session, name) for name in period.parts}
    missing = [name for name, line in parts.items() if line is None]
    if missing:
        raise Refused(Refusal.MISSING_PARTS, facts={"periods": ", ".join(missing)})
    lines = [line for line in parts.values() if line is not None]
    _settled(session, lines, now)
    documents = [json_of(session, line.slug) for line in lines]
    inputs, units = list[Document](), dict[tuple[str, str], Document]()
    for line, document in zip(lines, documents, strict=True):
        units |= {(one["group"], one["code"]): one for one in document["units"]}
        inputs += [
            {
                "group": row.group, "unit": row.unit, "indicator": line.period,
                "value": row.points, "low": row.low, "high": row.high,
            }
            for row in rows_of(session, line.slug)
            if row.points is not None
        ]  # fmt: skip
    return {
        "set": lines[-1].set_code, "releases": [], "means": _sum_of(documents),
        "parts": [{"slug": line.slug, "sha256": line.digest} for line in lines],
        "groups": _alike(period.parts), "units": [units[key] for key in sorted(units)],
        "inputs": inputs,
    }  # fmt: skip


def _settled(session: Session, lines: Sequence[FrozenLine], now: datetime) -> None:
    """Nothing of the parts can change any more. Raises Refused and says which one can."""
    running = [line.period for line in lines if now < line.objections_until]
    if running:
        raise Refused(Refusal.TIME_RUNS, facts={"periods": ", ".join(running)})
    contested = [line.period for line in lines if open_objections(session, (line.period,))]
    if contested:
        raise Refused(Refusal.OBJECTIONS, facts={"periods": ", ".join(contested)})
    waiting = [
        line.period for line in lines if _new_of(session, line.period, upheld(session, line.period))
    ]
    if waiting:
        raise Refused(Refusal.NOT_APPLIED, facts={"periods": ", ".join(waiting)})


def _sum_of(documents: Sequence[Document]) -> Document:
    names = documents[0]["means"]
    return {name: sum(one["means"][name] for one in documents) for name in names}


def _alike(parts: Iterable[str]) -> list[Document]:
    indicators = [
        {
            "code": part, "source": "part", "formula": part, "weight": 1, "none": 0,
            "full": recompute.FULL, "missing": Missing.LEAVE_OUT.value, "direction": "higher",
            "name": part, "axis": "", "field": "",
        }
        for part in parts
    ]  # fmt: skip
    return [
        {"code": group.code, "ranked": "yes" if group.ranked else "no", "indicators": indicators}
        for group in groups().values()
    ]


# --- storing --------------------------------------------------------------------------------------


def _store(session: Session, document: Document, reason: str | None, now: datetime) -> None:
    """Keep the files and rows of a version, seal it, and call to talks whom the rules name."""
    table = recompute.table(document)
    files = files_of(document, table)
    city, entry_id, digest = instance_of(session).city, new_id(), digest_of(files)
    days = settings_of(city).objection_days
    means = {f"by_{one.value}": document["means"][one.value] for one in Means}
    session.execute(
        insert(Frozen).values(
            slug=document["slug"], period=document["period"], version=document["version"],
            reason=reason, set_code=document["set"], frozen_at=now,
            objections_until=now + timedelta(days=days), digest=digest.hex(), entry_id=entry_id,
            inputs_json=files[INPUTS], result_csv=files[RESULT], metadata_json=files[METADATA],
            recompute_py=files[PROGRAM], **means,
        )
    )  # fmt: skip
    session.execute(insert(FrozenRow), list(_rows(document, table)))
    write_version(session, document["period"], document["version"])
    call_to_talks(session, document["period"], document["slug"], table, now=now)
    outcome = seal_statement(
        session, district=city.roots[0], entry_id=entry_id, kind=Kind.RELEASE, digest=digest,
        details=Details(f"assessment:{document['slug']}"), now=now,
    )  # fmt: skip
    if isinstance(outcome, Rejected):
        # the ledger stands still: the period waits with it
        raise Refused(outcome.code)


def _rows(document: Document, table: Sequence[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    names = {(one["group"], one["code"]): one["names"] for one in document["units"]}
    for at, row in enumerate(table):
        said = names[row["group"], row["unit"]]
        yield {
            "slug": document["slug"], "group": row["group"], "unit": row["unit"],
            "position": at, "name_zh_hans": said["zh_Hans"], "name_zh_hant": said.get("zh_Hant"),
            "name_en": said.get("en"), "points": row.get("points"), "low": row.get("low"),
            "high": row.get("high"), "rank": row.get("rank"),
            "failed": row.get("failed") == "yes", "fund": row.get("fund"),
            "fund_fen": row.get("fund_fen"),
            "known": " ".join(row["known"]) if "known" in row else None,
        }  # fmt: skip

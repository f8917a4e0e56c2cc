"""What was filed for somebody else, by whom; the lists that filing is made from."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.areas.queries import ancestors
from portal.areas.rules import tidy_names
from portal.kernel.db import once
from portal.kernel.instance import instance_of
from portal.reports.models import Case, CaseProxy, CaseReporter, Category
from portal.reports.queries.case import CaseRow, columns
from portal.reports.queries.hung import hangs
from portal.reports.rules.codes import Relation, Source, State
from portal.reports.rules.doors import (
    ANSWERING,
    Behalf,
    ConsentText,
    ConsentWay,
    ProxyRelation,
    SourceRow,
    small_matters,
)

DATA = Path(__file__).parents[1] / "data"
LANGUAGES = ("zh_Hans", "zh_Hant", "en")
FILED_PAGE = 30


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@cache
def filing_sources() -> tuple[SourceRow, ...]:
    """Which roles may name which source, in the order of the list."""
    rows = _rows("filing-sources.tsv")
    return tuple(SourceRow(Source(row["source"]), frozenset(row["roles"].split())) for row in rows)


@cache
def consent_texts() -> tuple[ConsentText, ...]:
    """The words of consent, every version that was ever in use."""
    return tuple(
        ConsentText(
            row["version"],
            date.fromisoformat(row["valid_from"]),
            {language: row[language] for language in LANGUAGES},
        )
        for row in _rows("consents.tsv")
    )


@dataclass(frozen=True)
class ProxyRow:
    """One filing for somebody else."""

    district: str
    id: UUID
    case_id: UUID
    reporter_id: UUID
    filer_id: UUID
    filed_at: datetime
    behalf: Behalf
    relation: ProxyRelation | None
    consent_way: ConsentWay | None
    consent_version: str | None
    consent_words: str | None
    paper_key: str | None
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class FiledRow:
    """One line of somebody's own list: the filing, and how the case stands now."""

    id: UUID
    number: str
    state: State
    source: Source
    behalf: Behalf
    filed_at: datetime
    withdrawn_at: datetime | None
    kind: Mapping[str, str]
    place: Mapping[str, str]


def proxy_of(session: Session, case: CaseRow) -> ProxyRow | None:
    """Who typed a case in for somebody else, if anybody did; not who joined a caller to it."""
    if not hangs(session, case.id, CaseProxy):
        return None
    return once(session, (ProxyRow, case.id), lambda: _proxy(session, case))


def _proxy(session: Session, case: CaseRow) -> ProxyRow | None:
    found = session.execute(
        select(*columns(CaseProxy, ProxyRow))
        .join(CaseReporter, _its_reporter())
        .where(
            CaseProxy.district == case.district,
            CaseProxy.case_id == case.id,
            CaseReporter.relation == Relation.PROXY,
        )
        .limit(1)
    ).first()
    return ProxyRow(*found) if found else None


def _its_reporter() -> Any:
    return and_(
        CaseReporter.district == CaseProxy.district, CaseReporter.id == CaseProxy.reporter_id
    )


def proxy_by_reporter(session: Session, district: str, reporter_id: UUID) -> ProxyRow | None:
    """The filing behind one reporter."""
    found = session.execute(
        select(*columns(CaseProxy, ProxyRow)).where(
            CaseProxy.district == district, CaseProxy.reporter_id == reporter_id
        )
    ).first()
    return ProxyRow(*found) if found else None


def filed_by(session: Session, filer_id: UUID, after: UUID | None = None) -> list[FiledRow]:
    """What somebody filed, the newest first: one more than a page, so that the next is known."""
    statement = _filed(filer_id).order_by(CaseProxy.id.desc()).limit(FILED_PAGE + 1)
    if after is not None:
        statement = statement.where(CaseProxy.id < after)
    return [_filed_row(row) for row in session.execute(statement)]


def filed_case(
    session: Session, filer_id: UUID, number: str, filing: UUID | None = None
) -> tuple[CaseRow, ProxyRow] | None:
    """A case that somebody filed herself, or joined a caller to.

    ``filing``: which of her filings there, for several callers may stand behind one matter; the
    last of them where none is named.
    """
    one = [CaseProxy.id == filing] if filing is not None else []
    found = session.execute(
        select(*columns(CaseProxy, ProxyRow), *columns(Case, CaseRow))
        .join(Case, and_(Case.district == CaseProxy.district, Case.id == CaseProxy.case_id))
        .where(CaseProxy.filer_id == filer_id, Case.number == number, *one)
        .order_by(CaseProxy.id.desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    size = len(columns(CaseProxy, ProxyRow))
    return CaseRow(*found[size:]), ProxyRow(*found[:size])


def _filed(filer_id: UUID) -> Any:
    return (
        select(
            CaseProxy.id,
            Case.number,
            Case.state,
            Case.source,
            CaseProxy.behalf,
            CaseProxy.filed_at,
            CaseProxy.withdrawn_at,
            Category.name_zh_Hans,
            Category.name_zh_Hant,
            Category.name_en,
            Area.name_zh_hans,
            Area.name_zh_hant,
            Area.name_en.label("area_en"),
        )
        .join(Case, and_(Case.district == CaseProxy.district, Case.id == CaseProxy.case_id))
        .join(Category, Category.code == Case.category_code, isouter=True)
        .join(Area, Area.id == Case.area_id, isouter=True)
        .where(CaseProxy.filer_id == filer_id)
    )


def _filed_row(row: Any) -> FiledRow:
    kind = {"zh_Hans": row.name_zh_Hans, "zh_Hant": row.name_zh_Hant, "en": row.name_en}
    place = {"zh_Hans": row.name_zh_hans, "zh_Hant": row.name_zh_hant, "en": row.area_en}
    return FiledRow(
        row.id,
        row.number,
        row.state,
        row.source,
        row.behalf,
        row.filed_at,
        row.withdrawn_at,
        tidy_names(kind),
        tidy_names(place),
    )


def is_small(session: Session, case: CaseRow) -> bool:
    """Whether the city lets the head of a building settle it: its kind, and a place in one."""
    setting = small_matters(instance_of(session).city.raw)
    if case.urgent or case.category_code not in setting.kinds:
        return False
    return any(place.level in setting.levels for place in ancestors(session, case.place_path))


def can_be_asked(session: Session, case: CaseRow) -> bool:
    """Whether somebody is there who can say that it is solved: she reported it, and is known."""
    hers = select(CaseReporter.id, CaseProxy.behalf).join(
        CaseProxy,
        and_(
            CaseProxy.district == CaseReporter.district,
            CaseProxy.reporter_id == CaseReporter.id,
        ),
        isouter=True,
    )
    found = session.execute(
        hers.where(
            CaseReporter.district == case.district,
            CaseReporter.case_id == case.id,
            CaseReporter.merged_from.is_(None),
            CaseReporter.relation != Relation.ME_TOO,
            CaseReporter.erased_at.is_(None),
        )
    )
    return any(row.behalf is None or row.behalf in ANSWERING for row in found)

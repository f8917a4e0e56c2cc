"""The model texts that are shipped: checked whole, loaded once, sealed when they are published."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.rules.canonical import canonical
from credit.rules.kinds import Kind
from credit.service.known import Rejected
from credit.service.posting import Details
from credit.service.statements import seal_statement
from pledges.models import Clause, ClauseSet, ClauseVersion
from pledges.queries.clauses import clauses_by_version
from pledges.rules.clause_texts import LANGUAGES, content_of
from pledges.rules.clauses import CODE_LENGTH, LONGEST_CLAUSE, LONGEST_NAME, Axis, Letter
from pledges.rules.premises import PremisesKind
from portal.areas.queries import AreaRow, area_by_code
from portal.areas.rules import codes_of
from portal.kernel.city import City
from portal.kernel.clock import city_day
from portal.kernel.errors import BadData, Conflict
from portal.kernel.ids import new_id
from portal.kernel.tables import TableRow, is_fresh, read_table

DATA: Final = Path(__file__).parent.parent / "data"
CLAUSES: Final = "clauses.csv"
SETS: Final = "clause-sets.csv"
_TEXTS: Final = tuple(
    f"{part}_{language.lower()}" for part in ("text", "plain") for language in LANGUAGES
)
_NAMES: Final = tuple(f"name_{language.lower()}" for language in LANGUAGES)
_CLAUSE_COLUMNS: Final = ("code", "axis", "pictogram", "text_khb", *_TEXTS)
_SET_COLUMNS: Final = (
    "code", "letter", "extra", "kind", "trade", *_NAMES, "clauses", "source", "published",
)  # fmt: skip


@dataclass(frozen=True)
class ClausesLoaded:
    """How many sets were put in, and how many of them were published at once."""

    added: int = 0
    published: int = 0


def load_clauses(session: Session, city: City, now: datetime) -> ClausesLoaded:
    """Put the shipped sets into each root of the city where they are not yet there. What a city
    made of them is its own: a set that exists is left as it is. Raises BadData."""
    clause_file, set_file = ((DATA / name).read_bytes() for name in (CLAUSES, SETS))
    if not is_fresh(session, f"{city.code} clauses", clause_file + set_file, now=now):
        return ClausesLoaded()
    clauses = read_clauses(clause_file)
    sets, added, published = read_sets(set_file, clauses), 0, 0
    for root in city.roots:
        area = area_by_code(session, root)
        if area is None:
            continue
        for row in sets:
            code = row["code"] if len(city.roots) == 1 else f"{row['code']}_{root.lower()}"
            if session.scalar(select(ClauseSet.id).where(ClauseSet.code == code)) is not None:
                continue
            version = _add(session, code, row, area, clauses, city_day(now, city.zone), now)
            added += 1
            if row["published"] == "yes":
                seal_version(session, code, version, codes_of(area.path)[0], now)
                published += 1
    return ClausesLoaded(added, published)


def read_clauses(content: bytes) -> dict[str, TableRow]:
    """The clauses by code. Raises BadData with everything that is wrong."""
    rows = read_table(content, CLAUSES, required=_CLAUSE_COLUMNS)
    problems = [(row.line, flaw) for row in rows if (flaw := _clause_flaw(row))]
    found = {row["code"]: row for row in rows}
    if len(found) != len(rows):
        problems.append((1, "a code named twice"))
    if problems:
        raise BadData(CLAUSES, problems)
    return found


def _clause_flaw(row: TableRow) -> str | None:
    if row["axis"] not in set(Axis):
        return f"{row['axis']} is no axis"
    if not row["code"] or len(row["code"]) > CODE_LENGTH:
        return "code: missing or too long"
    bad = [name for name in _TEXTS if not 0 < len(row[name]) <= LONGEST_CLAUSE]
    return f"{', '.join(bad)}: missing or too long" if bad else None


def read_sets(content: bytes, clauses: Mapping[str, TableRow]) -> list[TableRow]:
    """The sets. Raises BadData with everything that is wrong."""
    rows = read_table(content, SETS, required=_SET_COLUMNS)
    problems = [(row.line, flaw) for row in rows if (flaw := _set_flaw(row, clauses))]
    if len({row["code"] for row in rows}) != len(rows):
        problems.append((1, "a code named twice"))
    if problems:
        raise BadData(SETS, problems)
    return rows


def _set_flaw(row: TableRow, clauses: Mapping[str, TableRow]) -> str | None:
    named = row["clauses"].split()
    unknown = [code for code in named if code not in clauses]
    checks = {
        "letter": row["letter"] in set(Letter),
        "kind": row["kind"] in {"", *PremisesKind},
        "extra": row["extra"] in {"yes", "no"},
        "published": row["published"] in {"yes", "no"},
        "clauses": bool(named) and not unknown and len(set(named)) == len(named),
        "source": bool(row["source"]),
        "name": all(0 < len(row[name]) <= LONGEST_NAME for name in _NAMES),
    }
    bad = [name for name, good in checks.items() if not good]
    return f"{', '.join(bad)}: cannot be read" if bad else None


def _add(
    session: Session,
    code: str,
    row: TableRow,
    area: AreaRow,
    clauses: Mapping[str, TableRow],
    today: date,
    now: datetime,
) -> ClauseVersion:
    kind = PremisesKind(row["kind"]) if row["kind"] else None
    kept = ClauseSet(
        id=new_id(), code=code, letter=Letter(row["letter"]), extra=row["extra"] == "yes",
        area_id=area.id, place_path=area.path, kind=kind, trade=row["trade"] or None,
        **{name: row[name] for name in _NAMES},
    )  # fmt: skip
    version = ClauseVersion(
        id=new_id(), set_id=kept.id, version=1, effective_from=today, source=row["source"],
        written_at=now,
    )  # fmt: skip
    for one in (kept, version):
        session.add(one)
        # references are by key alone: nothing else tells which row is first
        session.flush()
    for at, name in enumerate(row["clauses"].split(), 1):
        said = clauses[name]
        session.add(
            Clause(
                version_id=version.id, position=at, code=name, axis=Axis(said["axis"]),
                pictogram=said["pictogram"], text_khb=said["text_khb"] or None,
                **{text: said[text] for text in _TEXTS},
            )
        )  # fmt: skip
    session.flush()
    return version


def seal_version(
    session: Session, code: str, version: ClauseVersion, district: str, now: datetime
) -> None:
    """Publish a draft: its hash is sealed, and from now on no row of it changes."""
    clauses = clauses_by_version(session, [version.id])[version.id]
    content = content_of(code, version.version, version.effective_from, version.source, clauses)
    digest, entry_id = sha256(canonical(content)).digest(), new_id()
    outcome = seal_statement(
        session, district=district, entry_id=entry_id, kind=Kind.CLAUSES_PUBLISHED, digest=digest,
        details=Details(f"clauses:{code}:{version.version}"), now=now,
    )  # fmt: skip
    if isinstance(outcome, Rejected):
        # the ledger stands still: the text waits with it
        raise Conflict(outcome.code)
    version.published_at, version.digest, version.entry_id = now, digest.hex(), entry_id
    session.flush()

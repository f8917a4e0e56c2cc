"""Taking in the files of a release as they were published, when nobody here knows it any more.

A machine may be lost with its instance folder, and the backup be older than the release. Whoever
downloaded the files holds all that was ever drawn: with them the month counts as released, byte for
byte, and is paid and sealed again. Drawing it anew would halve what protects each resident of it.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.kernel.errors import Conflict, Refused
from portal.kernel.ids import new_id
from portal.satisfaction.queries import settings_of
from portal.satisfaction.queries.releases import names_of_places, release
from portal.satisfaction.rules import SubjectKind, rebuild, rest_of
from portal.satisfaction.rules.copies import is_slug, torn_file
from portal.satisfaction.rules.files import DATA_CSV, FILES, MEASUREMENTS, METADATA, digest_of
from portal.satisfaction.rules.release import (
    CATEGORY,
    LONGEST_REASON,
    MONTH_MILLI,
    CellKey,
    ReleaseRefusal,
    code_of,
    slug_of,
)
from portal.satisfaction.service.release import (
    FromAbove,
    Names,
    contents,
    names_of,
    table_rows,
)
from portal.satisfaction.service.storing import claim, store


def adopt(
    session: Session,
    files: Mapping[str, str],
    above: FromAbove,
    *,
    now: datetime,
    reason: str | None = None,
) -> str:
    """Store published files as the release that they are; its slug. ``reason``: what a correction
    says of itself on its page, which stands in none of the files.

    Raises Conflict when it is here already, Refused when the files are not whole, of another city,
    or of a month whose release here has other figures.
    """
    measured, created = _read(files)
    slug, digest = str(measured["release"]), digest_of(files).hex()
    known = release(session, slug)
    if known is not None:
        raise Conflict(ReleaseRefusal.RELEASED) if known.digest == digest else _drawn_twice(slug)
    corrects = measured["version"] > 1
    if corrects and not 1 <= len((reason or "").strip()) <= LONGEST_REASON:
        raise Refused(ReleaseRefusal.NO_REASON, facts={"most": LONGEST_REASON})
    keys = _keys(session, measured["cells"])
    table = rebuild.table(measured)
    if rebuild.csv_of(table).decode() != files[DATA_CSV]:
        raise Refused(ReleaseRefusal.OTHER_PROGRAM)
    values = contents(files) | {
        "slug": slug, "month": measured["period"], "subject_kind": SubjectKind(measured["kind"]),
        "version": measured["version"], "reason": (reason or "").strip() if corrects else None,
        "epsilon_milli": MONTH_MILLI, "satisfied_levels": measured["satisfied_levels"],
        "window_days": settings_of(session).window_days, "released_at": created,
        "digest": digest, "entry_id": new_id(),
    }  # fmt: skip
    claim(session, values)
    names = _names(session, keys, measured["cells"], above)
    store(session, values, table_rows(slug, keys, names, table), now=now)
    return slug


def _drawn_twice(slug: str) -> Refused:
    return Refused(ReleaseRefusal.OTHER_FIGURES, facts={"release": slug})


def _read(files: Mapping[str, str]) -> tuple[dict[str, Any], datetime]:
    """The measurements, and when they were released. Raises Refused."""
    for name in FILES:
        if name not in files:
            raise _not_whole(name)
    torn = torn_file(files)
    if torn is not None:
        raise _not_whole(torn)
    try:
        measured = json.loads(files[MEASUREMENTS])
        told = json.loads(files[METADATA])
        version, kind = int(measured["version"]), SubjectKind(measured["kind"])
        named = slug_of(measured["period"], kind, version)
        created = datetime.fromisoformat(told["created"])
        known = named == measured["release"] == told["release"] and bool(measured["cells"])
        # the name becomes that of a file, and the moment is compared with others
        sound = is_slug(named) and created.utcoffset() is not None
    except (KeyError, TypeError, ValueError) as error:
        raise _not_whole(METADATA) from error
    if not (known and sound):
        raise _not_whole(METADATA)
    return measured, created


def _not_whole(name: str) -> Refused:
    return Refused(ReleaseRefusal.NOT_WHOLE, facts={"file": name})


def _keys(session: Session, cells: Sequence[Mapping[str, Any]]) -> list[CellKey]:
    """The cells with their paths, which the files tell by code. Raises Refused."""
    paths = {code_of(path): path for path in names_of_places(session)}
    found = []
    for cell in cells:
        parent = (cell["parent_level"], cell["parent"]) if cell["parent"] is not None else None
        found.append(CellKey(cell["level"], _path(cell, paths), parent))
    return found


def _path(cell: Mapping[str, Any], paths: Mapping[str, str]) -> str:
    code: str = cell["code"]
    if cell["level"] == CATEGORY:
        return code
    place = code.rstrip("*")
    path = paths.get(place) if place else "/"
    if path is None:
        raise Refused(ReleaseRefusal.UNKNOWN_PLACE, facts={"code": place})
    for _ in range(len(code) - len(place)):
        path = rest_of(path)
    return path


def _names(
    session: Session,
    keys: Sequence[CellKey],
    cells: Sequence[Mapping[str, Any]],
    above: FromAbove,
) -> dict[str, Names]:
    """The names of the cells; where one is called otherwise today, as it was published."""
    names = names_of(session, keys[0].path, keys, above)
    for key, cell in zip(keys, cells, strict=True):
        if not key.code.endswith("*") and names[key.path].get("zh_Hans") != cell["name"]:
            names[key.path] = {"zh_Hans": cell["name"]}
    return names

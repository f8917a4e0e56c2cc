"""Finding places by their names, as loosely as words are found: either script, usual errors."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.areas.queries.tree import AreaRow, areas_by_codes, data_version
from portal.kernel.tokens import fold


@dataclass(frozen=True)
class _Named:
    """A place that is still there, and its names folded, one a line."""

    code: str
    path: str
    names: str


_kept: OrderedDict[UUID, list[_Named]] = OrderedDict()
_kept_lock = threading.Lock()
_MOST_KEPT = 4


def _all_names(session: Session) -> list[_Named]:
    """Every place's names, short ones first: folded once for each version in each process."""
    version = data_version(session)
    with _kept_lock:
        known = _kept.get(version) if version else None
    if known is None:
        known = _load(session)
        if version is not None:
            with _kept_lock:
                _kept[version] = known
                while len(_kept) > _MOST_KEPT:
                    _kept.popitem(last=False)
    return known


def _load(session: Session) -> list[_Named]:
    names = (Area.name_zh_hans, Area.name_zh_hant, Area.name_en, Area.name_khb)
    rows = session.execute(
        select(Area.code, Area.path, *names)
        .where(Area.valid_to.is_(None))
        .order_by(func.length(Area.name_zh_hans), Area.code)
    )
    return [
        _Named(code, path, "\n".join(dict.fromkeys(_tidy(name) for name in found if name)))
        for code, path, *found in rows
    ]


def _tidy(words: str) -> str:
    return " ".join(fold(words).split())


def find_areas(session: Session, words: str, limit: int = 20, *, under: str = "/") -> list[AreaRow]:
    """Places whose name in any language holds the words, or with that code; short names first."""
    wanted, code = _tidy(words), words.strip().upper()
    if not wanted:
        return []
    found = [
        place.code
        for place in _all_names(session)
        if (wanted in place.names or place.code == code) and place.path.startswith(under)
    ][:limit]
    rows = areas_by_codes(session, found)
    return [rows[code] for code in found if code in rows]

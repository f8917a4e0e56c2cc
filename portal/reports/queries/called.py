"""Kinds by what people call them, so that no report need repeat the synonyms of its kind."""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.kernel.search import Wanted
from portal.kernel.tokens import facet, stream
from portal.reports.models import Category

_NAMES = select(
    Category.code,
    Category.name_zh_Hans,
    Category.name_zh_Hant,
    Category.name_en,
    Category.name_khb,
    Category.synonyms,
).order_by(Category.code)


def wanted_words(session: Session, phrases: Sequence[str]) -> list[Wanted]:
    """Each phrase stands in a report's own words, or in a name or synonym of its kind."""
    if not phrases:
        return []
    called = [(code, _stream(tuple(names))) for code, *names in session.execute(_NAMES)]
    return [
        Wanted(
            phrase,
            tuple(facet("c", code) for code, words in called if f" {phrase} " in words),
        )
        for phrase in phrases
    ]


@lru_cache(maxsize=1024)
def _stream(names: tuple[str | None, ...]) -> str:
    return stream(name for name in names if name)

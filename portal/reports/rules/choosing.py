"""Choosing with few steps: the likely kinds first, lists in short pages, one best place. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Protocol, TypeVar

from portal.kernel.tokens import fold
from portal.reports.rules.categories import CategoryRow, FunctionGroup

Item = TypeVar("Item")
# a page of choices for an elder is five and "something else"
CHOICES_A_PAGE = 6
LIKELY = 6
RECENTLY = timedelta(days=30)


class Named(Protocol):
    """A place as far as its name and where it lies."""

    @property
    def code(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def names(self) -> Mapping[str, str]: ...


PlaceLike = TypeVar("PlaceLike", bound=Named)


def likely_kinds(
    rows: Sequence[CategoryRow], counts: Mapping[str, int], usual: Iterable[str], most: int = LIKELY
) -> list[CategoryRow]:
    """What it probably is: what was reported near by of late, then what is usual in this month."""
    known = {row.code: row for row in rows if row.group is not FunctionGroup.OTHER}
    often = sorted((code for code in counts if code in known), key=lambda c: (-counts[c], c))
    # the season keeps half of the room, so that the first frost is not hidden by old litter
    season = [code for code in usual if code in known]
    order = dict.fromkeys([*often[: most // 2], *season, *often, *known])
    return [known[code] for code in list(order)[:most]]


def short_pages(first: Sequence[Item], others: Sequence[Item]) -> list[list[Item]]:
    """Pages of five choices each, the first of them the likely ones; nothing comes twice."""
    size = CHOICES_A_PAGE - 1
    rest = [item for item in others if item not in first[:size]]
    ordered = [*first[:size], *rest]
    pages = [ordered[at : at + size] for at in range(0, len(ordered), size)]
    # "something else" would lead to a page with one choice only: it stands here instead
    if len(pages) > 1 and len(pages[-1]) == 1:
        pages[-2:] = [[*pages[-2], *pages[-1]]]
    return pages or [[]]


def spoken_names(place: Named, endings: Sequence[str]) -> set[str]:
    """The names of a place as people say them: with and without what the office is called."""
    names = {fold(name) for name in place.names.values() if name}
    short = {name.removesuffix(end) for name in names for end in endings if name.endswith(end)}
    return names | {name for name in short if len(name) > 1}


def best_place(typed: str, found: Sequence[PlaceLike], endings: Sequence[str]) -> PlaceLike | None:
    """The one place that words can mean, or None when there are several."""
    words = fold("".join(typed.split()))
    exact = [place for place in found if words in spoken_names(place, endings)]
    meant = exact or list(found)
    if not meant:
        return None
    # an address names the city, the street and the community: the finest says it all
    finest = max(meant, key=lambda place: len(place.path))
    return finest if all(finest.path.startswith(place.path) for place in meant) else None


def says_more(typed: str, place: Named, endings: Sequence[str]) -> bool:
    """Whether words tell more than the name of the place, so that they are worth keeping."""
    words = fold("".join(typed.split()))
    return bool(words) and words != place.code and words not in spoken_names(place, endings)

"""What the public list, its search and the map are asked for. Pure."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from portal.areas.rules import is_code
from portal.kernel.ids import clean_number
from portal.kernel.tokens import MOST_CHARACTERS, phrases
from portal.reports.rules.categories import FunctionGroup
from portal.reports.rules.codes import PublicState, State
from portal.reports.rules.publicity import Box, read_box
from portal.reports.rules.transitions import public_state

PAGE = 20
# more single pins than this are no picture any more, and too much for a phone
MOST_PINS = 400
MOST_PICTURED = 120
MOST_COUNTED = 20_000


class FilterProblem(StrEnum):
    """Why a filter cannot be used as it stands."""

    LONG_WORDS = "listing.long_words"
    NO_WORDS = "listing.no_words"
    UNKNOWN_AREA = "listing.unknown_area"
    UNKNOWN_CATEGORY = "listing.unknown_category"
    UNKNOWN_GROUP = "listing.unknown_group"
    UNKNOWN_STATE = "listing.unknown_state"
    BAD_BOX = "listing.bad_box"
    UNKNOWN_PLACE_IN_LIST = "listing.unknown_place_in_list"


@dataclass(frozen=True)
class Asked:
    """The filters of a list as typed; empty text means "all"."""

    q: str = ""
    area: str = ""
    category: str = ""
    group: str = ""
    state: str = ""
    bbox: str = ""
    before: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether anything but the place in the list was asked for."""
        return any((self.q, self.area, self.group, self.category, self.state, self.bbox))

    def parameters(self, **changes: str) -> dict[str, Any]:
        """The query string of the same list, with some changes; empty values are left out."""
        values = vars(replace(self, **changes))
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True)
class Filters:
    """Filters that can be used: phrases to find, codes, states, a window.

    ``kinds`` are those of a group, once it is known which they are.
    """

    phrases: tuple[str, ...] = ()
    area: str | None = None
    category: str | None = None
    kinds: tuple[str, ...] = ()
    states: tuple[State, ...] = ()
    box: Box | None = None

    @property
    def simple(self) -> bool:
        """Whether an index of the cases' own table gives the list in order (one filter at most)."""
        if self.phrases or self.area or self.box:
            return False
        return sum(map(bool, (self.category, self.kinds, self.states))) < 2


def states_of(public: PublicState) -> tuple[State, ...]:
    """The staff states behind one of the five public words."""
    return tuple(state for state in State if public_state(state) is public)


def read_filters(asked: Asked) -> tuple[Filters, dict[str, FilterProblem]]:
    """The usable filters, and for each field that is not usable the reason."""
    problems: dict[str, FilterProblem] = {}
    found = phrases(asked.q)
    if len(asked.q) > MOST_CHARACTERS:
        problems["q"], found = FilterProblem.LONG_WORDS, ()
    elif asked.q and not found:
        problems["q"] = FilterProblem.NO_WORDS
    if asked.area and not is_code(asked.area):
        problems["area"] = FilterProblem.UNKNOWN_AREA
    if asked.group and asked.group not in set(FunctionGroup):
        problems["group"] = FilterProblem.UNKNOWN_GROUP
    if asked.state and asked.state not in set(PublicState):
        problems["state"] = FilterProblem.UNKNOWN_STATE
    states = states_of(PublicState(asked.state)) if asked.state in set(PublicState) else ()
    box = read_box(asked.bbox) if asked.bbox else None
    if asked.bbox and box is None:
        problems["bbox"] = FilterProblem.BAD_BOX
    if asked.before and clean_number(asked.before) is None:
        problems["before"] = FilterProblem.UNKNOWN_PLACE_IN_LIST
    filters = Filters(
        phrases=found,
        area=asked.area or None,
        category=asked.category or None,
        states=states,
        box=box,
    )
    return filters, problems

"""Service contracts: who maintains what where, and which one a matter is about. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from portal.areas.rules import codes_of, valid_on

LONGEST_CODE: Final = 16
LONGEST_NUMBER: Final = 80
LONGEST_WORDS: Final = 200
# what reporters are asked of kinds that contractors look after
UPKEEP: Final = "upkeep_work"


class ContractRefusal(StrEnum):
    """Why the contract of a case is not changed."""

    UNKNOWN = "contract.unknown"
    SAME = "contract.same"
    REASON_MISSING = "contract.reason_missing"


@dataclass(frozen=True)
class Contract:
    """One contract. Parties and place are held by their codes."""

    code: str
    number: str
    contractor: str
    department: str
    area_code: str | None
    category: str | None
    group: str | None
    valid_from: date
    valid_to: date | None
    source: str
    made_up: bool = False
    area_path: str | None = None

    def valid_on(self, on: date) -> bool:
        return valid_on(self.valid_from, self.valid_to, on)

    def holds_at(self, place_path: str) -> bool:
        """Whether its work is done at a place: of the place itself or of one above it."""
        return self.area_code is None or self.area_code in codes_of(place_path)

    def is_about(self, category: str, group: str) -> bool:
        return self.category == category if self.category else self.group == group

    @property
    def rank(self) -> tuple[int, int]:
        """A kind before its group, then the finer place."""
        return int(self.category is not None), len(codes_of(self.area_path or ""))


def best_first(contracts: Iterable[Contract]) -> list[Contract]:
    """The most specific first; of equal ones the younger."""
    by_code = sorted(contracts, key=lambda one: one.code)
    return sorted(by_code, key=lambda one: (one.rank, one.valid_from), reverse=True)


def contract_for(
    contracts: Iterable[Contract], place_path: str, category: str, group: str, on: date
) -> Contract | None:
    """The contract that was valid for a kind at a place on a day."""
    found = (
        one
        for one in best_first(contracts)
        if one.valid_on(on) and one.holds_at(place_path) and one.is_about(category, group)
    )
    return next(found, None)


def overlap(one: Contract, other: Contract) -> bool:
    """Whether nothing tells two contracts apart on some day: then nobody knows whose it is."""
    same = (one.area_code, one.category, one.group) == (
        other.area_code,
        other.category,
        other.group,
    )
    return (
        same
        and one.valid_from < (other.valid_to or date.max)
        and other.valid_from < (one.valid_to or date.max)
    )

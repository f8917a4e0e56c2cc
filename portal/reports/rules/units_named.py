"""Units by the names that reporters write, and who belongs to whom. Pure."""

from collections.abc import Mapping
from typing import Final
from unicodedata import normalize
from uuid import UUID

from portal.organisations.rules import OrganisationKind

# who gives permits
AUTHORITIES: Final = frozenset(
    {
        OrganisationKind.DEPARTMENT,
        OrganisationKind.STREET_OFFICE,
        OrganisationKind.DISTRICT_CENTRE,
    }
)


def plain_name(name: str) -> str:
    """A unit's name as it is compared: whatever way its signs were typed."""
    return "".join(normalize("NFKC", name).casefold().split())


def belonging(unit_id: UUID, parents: Mapping[UUID, UUID | None]) -> set[UUID]:
    """A unit and all below it. ``parents``: each unit's own."""
    found = {unit_id}
    while True:
        more = {unit for unit, parent in parents.items() if parent in found} - found
        if not more:
            return found
        found |= more

"""Who may do what: permissions are verbs, roles are data, both hold in a place or organisation."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Permission(StrEnum):
    """Every verb of the house, in alphabetical order. Roles get them in ``data/roles.tsv``."""

    AREA_MANAGE = "area:manage"
    AUDIT_READ = "audit:read"
    CARD_ISSUE = "card:issue"
    DESK_OPEN = "desk:open"
    FIGURES_READ = "figures:read"
    IDENTITY_SEE = "identity:see"
    ORGANISATION_MANAGE = "organisation:manage"
    PEOPLE_MANAGE = "people:manage"
    REPORT_ACCEPT = "report:accept"
    REPORT_CLOSE = "report:close"
    REPORT_DISPATCH = "report:dispatch"
    REPORT_HANDLE = "report:handle"
    REPORT_MODERATE = "report:moderate"
    REPORT_READ = "report:read"
    REPORT_RESPOND = "report:respond"
    REPORT_VERIFY = "report:verify"
    REPORT_VOID = "report:void"
    ROLE_GRANT = "role:grant"


@dataclass(frozen=True)
class Grant:
    """One permission held somewhere. ``place_path`` covers everything below it in the tree."""

    permission: Permission
    place_path: str | None = None
    organisation_id: UUID | None = None

    def covers(self, place_path: str | None, organisation_id: UUID | None) -> bool:
        """Whether the grant reaches a place and an organisation (None asks for no place)."""
        if self.place_path is not None and place_path is not None:
            if not place_path.startswith(self.place_path):
                return False
        if self.organisation_id is not None and organisation_id is not None:
            return self.organisation_id == organisation_id
        return True


@dataclass(frozen=True)
class Actor:
    """Whoever stands behind a request or a command. ``person_id`` None is a passer-by."""

    person_id: UUID | None = None
    name: str = ""
    grants: frozenset[Grant] = field(default_factory=frozenset)
    roles: frozenset[str] = field(default_factory=frozenset)
    session_id: UUID | None = None
    second_factor: bool = False

    @property
    def signed_in(self) -> bool:
        return self.person_id is not None

    def may(
        self,
        permission: Permission,
        *,
        place_path: str | None = None,
        organisation_id: UUID | None = None,
    ) -> bool:
        """Whether some grant allows it there; without a place: whether it is allowed anywhere."""
        return any(
            grant.permission is permission and grant.covers(place_path, organisation_id)
            for grant in self.grants
        )

    def places_for(self, permission: Permission) -> tuple[str, ...] | None:
        """Path prefixes where it is allowed; None means everywhere, empty means nowhere."""
        found = [grant for grant in self.grants if grant.permission is permission]
        if any(grant.place_path is None and grant.organisation_id is None for grant in found):
            return None
        return tuple(sorted({grant.place_path for grant in found if grant.place_path}))

    def organisations_for(self, permission: Permission) -> tuple[UUID, ...]:
        """Organisations for which it is allowed."""
        return tuple(
            sorted(
                {
                    grant.organisation_id
                    for grant in self.grants
                    if grant.permission is permission and grant.organisation_id
                }
            )
        )


NOBODY = Actor()

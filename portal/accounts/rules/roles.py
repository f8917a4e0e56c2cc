"""Who may do what: permissions are verbs, roles are data, both hold in a place or organisation."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from uuid import UUID

ROLES_FILE = Path(__file__).parents[1] / "data" / "roles.tsv"
RESIDENT = "resident"


class Permission(StrEnum):
    """Every verb of the house, in alphabetical order. Roles get them in ``data/roles.tsv``."""

    ADOPTION_MANAGE = "adoption:manage"
    AGE_CONFIRM = "age:confirm"
    ALLIANCE_MANAGE = "alliance:manage"
    API_KEY_MANAGE = "api_key:manage"
    AREA_MANAGE = "area:manage"
    ARTICLE_APPROVE = "article:approve"
    ARTICLE_WRITE = "article:write"
    ASSESSMENT_CHECK = "assessment:check"
    ASSESSMENT_DECIDE = "assessment:decide"
    ASSESSMENT_OBJECT = "assessment:object"
    ASSESSMENT_RATE = "assessment:rate"
    AUDIT_DRAW = "audit:draw"
    AUDIT_READ = "audit:read"
    BEHAVIOUR_READ = "behaviour:read"
    BENEFIT_HAND_OUT = "benefit:hand_out"
    BENEFIT_MANAGE = "benefit:manage"
    CARD_ISSUE = "card:issue"
    CLAUSE_PUBLISH = "clause:publish"
    COMMUNITY_MANAGE = "community:manage"
    CONSULTATION_OPEN = "consultation:open"
    CONVENTION_MANAGE = "convention:manage"
    CONVENTION_REVIEW = "convention:review"
    CORRECTION_ANSWER = "correction:answer"
    DEDUCTION_CONFIRM = "deduction:confirm"
    DEDUCTION_PROPOSE = "deduction:propose"
    DEDUCTION_REVIEW = "deduction:review"
    DEDUCTION_SWITCH = "deduction:switch"
    DEPARTMENT_RATE = "department:rate"
    DESK_OPEN = "desk:open"
    DISCLOSURE_WRITE = "disclosure:write"
    DISPUTE_SETTLE = "dispute:settle"
    EVALUATION_EXPORT = "evaluation:export"
    EXPOSURE_APPROVE = "exposure:approve"
    EXPOSURE_WRITE = "exposure:write"
    FIGURES_READ = "figures:read"
    GRID_MANAGE = "grid:manage"
    GRID_WORK = "grid:work"
    HONOUR_DECIDE = "honour:decide"
    HONOUR_PROPOSE = "honour:propose"
    HOURS_CONFIRM = "hours:confirm"
    IDENTITY_APPROVE = "identity:approve"
    IDENTITY_EXPORT = "identity:export"
    IDENTITY_SEE = "identity:see"
    LEDGER_RESUME = "ledger:resume"
    NOTICE_PUBLISH = "notice:publish"
    ORDER_EXCHANGE = "order:exchange"
    ORGANISATION_MANAGE = "organisation:manage"
    OWNERS_FILE = "owners:file"
    PARTS_READ = "parts:read"
    PEOPLE_MANAGE = "people:manage"
    PLEDGE_INSPECT = "pledge:inspect"
    PLEDGE_REGISTER = "pledge:register"
    PLEDGE_REVIEW = "pledge:review"
    QUESTION_ANSWER = "question:answer"
    QUESTION_MODERATE = "question:moderate"
    QUIZ_MANAGE = "quiz:manage"
    REPORT_ACCEPT = "report:accept"
    REPORT_CLOSE = "report:close"
    REPORT_DISPATCH = "report:dispatch"
    REPORT_FILE = "report:file"
    REPORT_HANDLE = "report:handle"
    REPORT_MODERATE = "report:moderate"
    REPORT_READ = "report:read"
    REPORT_RESPOND = "report:respond"
    REPORT_SETTLE = "report:settle"
    REPORT_SUPERVISE = "report:supervise"
    REPORT_VERIFY = "report:verify"
    REPORT_VOID = "report:void"
    ROLE_GRANT = "role:grant"
    ROUTING_WRITE = "routing:write"
    RULE_PUBLISH = "rule:publish"
    SHIFT_MANAGE = "shift:manage"
    SUPERVISION_LIST = "supervision:list"
    SUPERVISION_READ = "supervision:read"
    SURVEY_MANAGE = "survey:manage"
    VOLUNTEER_CHECK = "volunteer:check"


class Scope(StrEnum):
    """Where a role can be held: by oneself, in a place, in an organisation, in the whole city."""

    SELF = "self"
    AREA = "area"
    ORGANISATION = "organisation"
    CITY = "city"


class Office(StrEnum):
    """Two offices that one account never holds together (the administrator audits nobody)."""

    ADMINISTRATION = "administration"
    AUDIT = "audit"


@dataclass(frozen=True)
class Role:
    """One row of ``data/roles.tsv``."""

    code: str
    staff: bool
    scope: Scope
    office: Office | None
    permissions: frozenset[Permission]
    names: Mapping[str, str]


@cache
def roles() -> Mapping[str, Role]:
    """Every role by its code, in the order of the file."""
    with ROLES_FILE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: _role(row) for row in csv.DictReader(file, delimiter="\t")}


def _role(row: Mapping[str, str]) -> Role:
    return Role(
        code=row["code"],
        staff=row["staff"] == "yes",
        scope=Scope(row["scope"]),
        office=Office(row["office"]) if row["office"] else None,
        permissions=frozenset(Permission(verb) for verb in row["permissions"].split()),
        names={language: row[language] for language in ("zh_Hans", "zh_Hant", "en")},
    )


@dataclass(frozen=True)
class Grant:
    """One permission held somewhere. ``place_path`` covers everything below it in the tree.
    ``role``: by which it is held; "" for one that was given for a single act."""

    permission: Permission
    place_path: str | None = None
    organisation_id: UUID | None = None
    role: str = ""

    def covers(self, place_path: str | None, organisation_id: UUID | None) -> bool:
        """Whether the grant reaches a place and an organisation (None asks for no place)."""
        inside = self.place_path is None or place_path is None
        if not (inside or str(place_path).startswith(str(self.place_path))):
            return False
        if self.organisation_id is not None and organisation_id is not None:
            return self.organisation_id == organisation_id
        return True


@dataclass(frozen=True)
class Actor:
    """Whoever stands behind a request or a command. ``person_id`` None is a passer-by.

    ``roles`` are all that are held; ``grants`` only what is in force: staff permissions wait for
    the second factor of this session.
    """

    person_id: UUID | None = None
    name: str = ""
    grants: frozenset[Grant] = field(default_factory=frozenset)
    roles: frozenset[str] = field(default_factory=frozenset)
    session_id: UUID | None = None
    second_factor: bool = False
    number: str = ""

    @property
    def signed_in(self) -> bool:
        return self.person_id is not None

    @property
    def staff(self) -> bool:
        """Whether some role needs the second factor before its permissions hold."""
        return any(code in roles() and roles()[code].staff for code in self.roles)

    def may(
        self,
        permission: Permission,
        *,
        place_path: str | None = None,
        organisation_id: UUID | None = None,
    ) -> bool:
        """Whether some grant allows it there; without a place: whether it is allowed anywhere."""
        return any(
            grant.permission == permission and grant.covers(place_path, organisation_id)
            for grant in self.grants
        )

    def roles_for(self, permission: Permission, *, place_path: str) -> frozenset[str]:
        """The roles by which something is allowed there; what is held elsewhere does not count."""
        return frozenset(
            grant.role
            for grant in self.grants
            if grant.role and grant.permission == permission and grant.covers(place_path, None)
        )

    def may_everywhere(self, permission: Permission) -> bool:
        """Whether it is allowed without any limit of place or organisation."""
        return self.places_for(permission) is None

    def places_for(self, permission: Permission) -> tuple[str, ...] | None:
        """Path prefixes where it is allowed; None means everywhere, empty means nowhere."""
        found = [grant for grant in self.grants if grant.permission == permission]
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
                    if grant.permission == permission and grant.organisation_id
                }
            )
        )


NOBODY = Actor()


@dataclass(frozen=True)
class Holding:
    """A role held somewhere, as far as permissions care."""

    role: str
    place_path: str | None = None
    organisation_id: UUID | None = None


def grants_of(holdings: Iterable[Holding], *, second_factor: bool) -> frozenset[Grant]:
    """What the holdings allow now. A role that the file no longer knows allows nothing."""
    known = roles()
    return frozenset(
        Grant(permission, holding.place_path, holding.organisation_id, holding.role)
        for holding in holdings
        if holding.role in known and (second_factor or not known[holding.role].staff)
        for permission in known[holding.role].permissions
    )

"""What the table asks of a case, of whoever acts, and of what comes with a step."""

from dataclasses import dataclass
from uuid import UUID

from portal.accounts.rules import Actor, Permission
from portal.reports.rules.codes import Closing, Means, State
from portal.reports.rules.reasons import Reason


@dataclass(frozen=True)
class IntoFacts:
    """The case that another one shall become part of. ``agreed``: staff says it is one matter."""

    open: bool = True
    same_case: bool = False
    same_district: bool = True
    same_kind: bool = True
    same_protection: bool = True
    agreed: bool = False
    is_part: bool = False
    held: frozenset[Permission] = frozenset()


@dataclass(frozen=True)
class CaseFacts:
    """What the table asks of a case. ``protected``: aimed at a person or a shop (law P5).

    ``bound_to``: the unit that the joint meeting named. ``inward``: a behaviour report (R259).
    """

    state: State
    closing: Closing = Closing.AFTER_PHOTO
    protected: bool = False
    unit_id: UUID | None = None
    handler_id: UUID | None = None
    dispatcher_id: UUID | None = None
    responded: bool = False
    reporters: int = 1
    urged_today: bool = False
    paused: bool = False
    ran_out: bool = False
    late: bool = False
    may_extend: bool = True
    question_open: bool = False
    grades: bool = True
    # who let in the helpers whose work is to be verified
    sent_helpers: frozenset[UUID] = frozenset()
    into: IntoFacts | None = None
    inward: bool = False
    is_part: bool = False
    whole_open: bool = True
    open_parts: int = 0
    times_disputed: int = 0
    before_meeting: bool = False
    bound_to: UUID | None = None
    # who typed it in for somebody else (代理), if anybody did
    filer_id: UUID | None = None
    urgent: bool = False
    # of a matter that its reporter solved herself: whether the desk has agreed
    fed_back: bool = False
    # small, and inside a building: its head may settle it; and whether the reporter's word is out
    small: bool = False
    awaited: bool = False


@dataclass(frozen=True)
class ActorFacts:
    """What the table asks of whoever wants the step: what she holds *for this very case*.

    ``co_unit_id``: her unit, when it only supports the lead.
    """

    person_id: UUID | None = None
    holds: frozenset[Permission] = frozenset()
    of_unit: bool = False
    is_reporter: bool = False
    # time itself: a pause that ran out
    is_clock: bool = False
    co_unit_id: UUID | None = None


@dataclass(frozen=True)
class Offer:
    """What comes with the step."""

    reason: Reason | None = None
    words: str | None = None
    photos: int = 0
    unit_id: UUID | None = None
    means: Means | None = None

    @property
    def says_anything(self) -> bool:
        """Whether there are words or photos."""
        return bool((self.words or "").strip() or self.photos)


def holds(actor: Actor, permission: Permission, place_path: str, unit_id: UUID | None) -> bool:
    """Whether a permission reaches a case. A unit's grant reaches only cases dispatched to it."""
    return any(
        grant.permission is permission
        and (grant.place_path is None or place_path.startswith(grant.place_path))
        and (grant.organisation_id is None or grant.organisation_id == unit_id)
        for grant in actor.grants
    )


def facts_of_actor(actor: Actor, place_path: str, unit_id: UUID | None) -> ActorFacts:
    """What somebody holds for a case at a place, dispatched to a unit or to none."""
    held = {g.permission for g in actor.grants if holds(actor, g.permission, place_path, unit_id)}
    of_unit = any(
        g.permission is Permission.REPORT_HANDLE
        and g.organisation_id is not None
        and g.organisation_id == unit_id
        for g in actor.grants
    )
    return ActorFacts(actor.person_id, frozenset(held), of_unit)

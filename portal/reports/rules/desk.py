"""The desk's tasks: which cases wait for whom."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from portal.accounts.rules import Actor, Permission
from portal.reports.rules.codes import Source


class Task(StrEnum):
    """A part of the desk's queue, or one of its wider lists (late, open, all)."""

    CHECK = "check"
    RESPOND = "respond"
    DISPATCH = "dispatch"
    SENT_BACK = "sent_back"
    HANDLE = "handle"
    VERIFY = "verify"
    MODERATE = "moderate"
    HANDED_IN = "handed_in"
    OUTSIDE = "outside"
    MINE = "mine"
    SUPPORT = "support"
    LATE = "late"
    OPEN = "open"
    ALL = "all"


# who does a task; in the order in which the desk shows them
WORK: dict[Task, frozenset[Permission]] = {
    Task.CHECK: frozenset({Permission.REPORT_ACCEPT}),
    Task.RESPOND: frozenset({Permission.REPORT_RESPOND}),
    Task.DISPATCH: frozenset({Permission.REPORT_DISPATCH}),
    Task.SENT_BACK: frozenset({Permission.REPORT_HANDLE}),
    Task.HANDLE: frozenset({Permission.REPORT_HANDLE}),
    Task.VERIFY: frozenset({Permission.REPORT_VERIFY, Permission.REPORT_CLOSE}),
    Task.MODERATE: frozenset({Permission.REPORT_MODERATE}),
    Task.HANDED_IN: frozenset({Permission.REPORT_HANDLE}),
    Task.OUTSIDE: frozenset({Permission.REPORT_ACCEPT}),
}


def tasks_of(actor: Actor) -> tuple[Task, ...]:
    """The tasks somebody has anywhere."""
    return tuple(
        task for task, verbs in WORK.items() if any(actor.may(permission) for permission in verbs)
    )


def wider_tasks(actor: Actor) -> tuple[Task, ...]:
    """The lists beyond one's own tasks; a unit also has those in which it supports another."""
    supports = (Task.SUPPORT,) if actor.organisations_for(Permission.REPORT_READ) else ()
    return (*supports, Task.LATE, Task.OPEN, Task.ALL)


def asked_task(text: str | None, actor: Actor) -> Task:
    """What a link asks for: one's own queue when it says nothing that makes sense."""
    mine = tasks_of(actor)
    known = {task.value: task for task in (*mine, *wider_tasks(actor), Task.MINE)}
    found = known.get(text or "", Task.MINE)
    return Task.OPEN if found is Task.MINE and not mine else found


@dataclass(frozen=True)
class Narrowed:
    """What a reader has narrowed her lists to."""

    place_path: str | None = None
    category: str | None = None
    unit_id: UUID | None = None
    late: bool = False
    urgent: bool = False
    source: Source | None = None


EVERYTHING = Narrowed()
# who confirms what is proposed, and acts on several cases at once
CLERK = Permission.REPORT_DISPATCH


def is_clerk(actor: Actor) -> bool:
    """Whether somebody sorts and gives out cases anywhere."""
    return actor.may(CLERK)

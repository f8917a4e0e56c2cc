"""Who may take which step when, written down once more by hand: the machine's judge.

Nothing here asks the table. Facts come from the history, not from the columns that the loop stamps.
"""

from collections.abc import Callable
from itertools import pairwise

from portal.kernel.clock import city_day
from portal.kernel.instance import instance_of
from portal.reports.rules.codes import Event, Source, State
from tests.reports.machine_world import ASKED_FOR, BY_WORDS, DONE, OPEN, SMALL, UNDONE, Walk
from tests.reports.test_transitions import MOVES

E, S = Event, State
_DESK, _COMMAND, _SAYS = {"desk"}, {"desk", "centre"}, {"reporter", "neighbour"}
_WORK = {"worker", "colleague", "both", "lead"}
_CHECK = {"desk", "checker", "both"}
_STAFF = {*_COMMAND, *_WORK, "checker"}
WHO: dict[Event, set[str]] = {
    E.ACCEPT: _DESK, E.REFUSE: _DESK, E.REFUSE_FILING: _DESK, E.VOID: _DESK, E.MODERATE: _DESK,
    E.TAKE_BACK: _DESK, E.CONFIRM_SOLVED: _DESK, E.DOUBT: _DESK, E.UNDO: _DESK,
    E.FILE: {*_COMMAND, "lead"}, E.DISPATCH: _COMMAND, E.HAND_OVER: _COMMAND, E.MERGE: _COMMAND,
    E.SPLIT: _COMMAND, E.SPLIT_OFF: _COMMAND, E.RECLASSIFY: _COMMAND, E.GRADE: _COMMAND,
    E.GRADE_DANGER: _COMMAND, E.EXTEND: _COMMAND, E.SUSPEND: _COMMAND, E.RESUME: _COMMAND,
    E.OUTSIDE_ANSWER: _COMMAND, E.ESCALATE: {"centre"}, E.RESOLVE: {"centre"},
    E.HANDLE: _WORK, E.RETURN: _WORK, E.RESPOND: _WORK, E.SETTLE: {"head"},
    E.CLOSE: _CHECK, E.SEND_BACK: _CHECK, E.NOTE: _STAFF, E.ASK: _STAFF,
    E.VERIFY_SPOT: {"walker"}, E.RECHECK_SPOT: {"walker"},
    E.URGE: _SAYS, E.ADD_PHOTO: _SAYS, E.REOPEN: _SAYS, E.WITHDRAW: {"reporter"},
    E.SELF_SOLVE: {"reporter"}, E.REPLY: {"reporter"}, E.CONFIRM: {"reporter"},
    E.DENY: {"reporter"},
    # it follows from the end of the last part: nobody takes it
    E.PARTS_DONE: set(),
}  # fmt: skip
_EARLY = {S.REPORTED, S.ACCEPTED, S.FILED, S.DISPATCHED}
_PASSED = {S.FILED, S.DISPATCHED, S.REWORK, S.REOPENED}
# where a step that leaves the state, or puts back another one, may be taken
_STAYS: dict[Event, set[State]] = {
    E.RESPOND: UNDONE, E.ASK: UNDONE, E.EXTEND: UNDONE, E.SUSPEND: UNDONE, E.RESUME: UNDONE,
    E.GRADE: UNDONE, E.PARTS_DONE: UNDONE, E.VERIFY_SPOT: UNDONE, E.RECHECK_SPOT: {S.HANDLED},
    E.URGE: OPEN, E.ADD_PHOTO: OPEN, E.REPLY: OPEN, E.GRADE_DANGER: OPEN, E.MERGE: OPEN,
    E.RECLASSIFY: _EARLY, E.UNDO: _EARLY, E.SPLIT: {S.MERGED}, E.NOTE: set(S),
    E.MODERATE: set(S) - {S.VOID, S.WITHDRAWN, S.MERGED}, E.OUTSIDE_ANSWER: {S.HANDED_OVER},
    E.SPLIT_OFF: {S.ACCEPTED} | _PASSED, E.ESCALATE: _PASSED, E.RESOLVE: _PASSED,
    E.CONFIRM_SOLVED: {S.SELF_SOLVED},
}  # fmt: skip
# steps that need nothing beside the wish
_BARE = {
    E.ACCEPT, E.FILE, E.RESPOND, E.REOPEN, E.WITHDRAW, E.URGE, E.ADD_PHOTO, E.MODERATE, E.TAKE_BACK,
    E.RESUME, E.CONFIRM, E.DENY, E.CONFIRM_SOLVED, E.UNDO,
}  # fmt: skip
_SHOWN = {E.HANDLE, E.SETTLE, E.SELF_SOLVE}


def sources(event: Event) -> set[State]:
    """Where a step may begin."""
    return _STAYS.get(event) or {state for state, moving in MOVES if moving is event}


def target(walk: Walk, event: Event) -> State:
    """Where it leads. What was joined goes on where it stood when it is parted."""
    state = walk.case.state
    if event is E.MERGE:
        return S.MERGED
    if event is E.SPLIT:
        merged = walk.last(E.MERGE)
        assert merged is not None
        assert merged.from_state is not None
        return merged.from_state
    if event is E.RESOLVE:
        lies_there = walk.case.unit_id == walk.unit and state is not S.FILED
        return state if lies_there else S.DISPATCHED
    # what was only accepted is filed on the way to its unit
    return S.DISPATCHED if event is E.DISPATCH else MOVES.get((state, event), state)


def fits(walk: Walk, event: Event, who: str) -> bool:
    """Whether the house lets this person take this step now, with what she brings."""
    if who not in WHO[event] or not _fits_state(walk, event) or not _reaches(walk, event, who):
        return False
    if not _brings_enough(walk, event):
        return False
    return all(holds(walk, who) for holds in ONLY_IF.get(event, ()))


def _fits_state(walk: Walk, event: Event) -> bool:
    if event is E.UNDO:
        # the machine's batch accepts, and is taken back
        return walk.case.state is S.REPORTED
    filed = event is E.DISPATCH and walk.case.state is S.ACCEPTED
    return filed or walk.case.state in sources(event)


def _reaches(walk: Walk, event: Event, who: str) -> bool:
    """A unit's people reach what lies with their unit; others of the grid what lies with none."""
    if who in {"reporter", "neighbour"}:
        return walk.reporter(who) is not None
    if who in {"worker", "colleague"} or (who == "both" and event in WHO_WORKS):
        return walk.case.unit_id == walk.world.unit_of(who)
    on_the_spot = who == "lead" and event in {E.HANDLE, E.RETURN}
    return walk.case.unit_id is None if on_the_spot else True


WHO_WORKS = {event for event, who in WHO.items() if who is _WORK}


def _brings_enough(walk: Walk, event: Event) -> bool:
    if walk.brings == "nothing":
        return event in _BARE
    if walk.brings == "no photo" and event in _SHOWN:
        return event is E.HANDLE and walk.case.category_code == BY_WORDS
    return True


def is_asked(walk: Walk) -> bool:
    """Whether the head of a building settled it, and the reporter still has the say."""
    done = walk.last(*DONE)
    if walk.case.state is not S.HANDLED or done is None or done.event is not E.SETTLE:
        return False
    return walk.own is not None and walk.now < done.at + ASKED_FOR


def _no_part(walk: Walk, _who: str) -> bool:
    return walk.case.source is not Source.PART


def _parts_ended(walk: Walk, _who: str) -> bool:
    return walk.open_parts == 0


def _whole_goes_on(walk: Walk, _who: str) -> bool:
    return walk.whole is None or walk.whole.state in UNDONE


def _alone(walk: Walk, _who: str) -> bool:
    return len(walk.reporters) == 1


def _impartial(walk: Walk, who: str) -> bool:
    """Neither handled nor sent nor typed it in, and is not of the unit."""
    me, done, sent = walk.world.id_of(who), walk.last(*DONE), walk.last(E.DISPATCH)
    had_a_hand = {event.actor_id for event in (done, sent) if event}
    filed = walk.filed_by_desk and who == "desk"
    of_it = walk.case.unit_id is not None and walk.world.unit_of(who) == walk.case.unit_id
    return me not in had_a_hand and not filed and not of_it


def _not_asked(walk: Walk, _who: str) -> bool:
    return not is_asked(walk)


def _asked(walk: Walk, _who: str) -> bool:
    return is_asked(walk)


def _runs(walk: Walk, _who: str) -> bool:
    return not walk.stopped


def _stands(walk: Walk, _who: str) -> bool:
    return walk.stopped


def _first_response(walk: Walk, who: str) -> bool:
    return walk.count(E.RESPOND, *DONE) == 0 and _no_part(walk, who)


def _in_time(walk: Walk, _who: str) -> bool:
    due = walk.case.promised_at
    if walk.case.paused_until is not None and not walk.stopped:
        due = walk.case.promise_if_over
    return walk.count(E.EXTEND) == 0 and due is not None and due >= walk.now


def _has_question(walk: Walk, _who: str) -> bool:
    said = walk.last(E.ASK, E.REPLY)
    return said is not None and said.event is E.ASK


def _seen_if_hazard(walk: Walk, _who: str) -> bool:
    return not (walk.case.urgent and walk.case.state is S.REPORTED)


def _not_agreed_yet(walk: Walk, who: str) -> bool:
    said = walk.last(E.SELF_SOLVE, E.CONFIRM_SOLVED)
    assert said is not None
    return said.event is E.SELF_SOLVE and not (walk.filed_by_desk and who == "desk")


def _small_inside(walk: Walk, _who: str) -> bool:
    case = walk.case
    inside = case.area_id == walk.world.places[0].id
    return case.category_code == SMALL and not case.urgent and inside


def _graded(walk: Walk, _who: str) -> bool:
    return walk.case.category_code == SMALL


def _bound_to(walk: Walk) -> object:
    said = walk.last(E.RESOLVE)
    return said.unit_id if said else None


def _bound_to_nobody_else(walk: Walk, _who: str) -> bool:
    return _bound_to(walk) in {None, walk.unit}


def _not_bound(walk: Walk, _who: str) -> bool:
    bound = _bound_to(walk)
    return bound is None or bound != walk.case.unit_id


def _disputed(walk: Walk, _who: str) -> bool:
    given = [event.unit_id for event in walk.events if event.event is E.DISPATCH]
    passed_on = sum(one != two for one, two in pairwise(given))
    return max(walk.count(E.RETURN), passed_on) >= 2


def _before_meeting(walk: Walk, _who: str) -> bool:
    said = walk.last(E.ESCALATE, E.RESOLVE)
    return said is not None and said.event is E.ESCALATE


def _not_before_meeting(walk: Walk, who: str) -> bool:
    return not _before_meeting(walk, who)


def _another_open_whole(walk: Walk, _who: str) -> bool:
    other = walk.other
    return other.id != walk.case.id and other.state in OPEN and other.source is not Source.PART


def _never_stopped(walk: Walk, _who: str) -> bool:
    """A batch could not stop a clock again, so it touches none that was stopped."""
    return walk.case.paused_until is None


def _first_today(walk: Walk, who: str) -> bool:
    me = walk.reporter(who)
    zone = instance_of(walk.session).city.zone
    return me is not None and (me.id, city_day(walk.now, zone)) not in walk.urged


ONLY_IF: dict[Event, tuple[Callable[[Walk, str], bool], ...]] = {
    E.REFUSE_FILING: (_parts_ended,),
    E.HANDLE: (_parts_ended,),
    E.VOID: (_parts_ended,),
    E.HAND_OVER: (_parts_ended,),
    E.WITHDRAW: (_alone, _parts_ended),
    E.SELF_SOLVE: (_alone, _seen_if_hazard, _parts_ended),
    E.SETTLE: (_small_inside, _parts_ended),
    E.CLOSE: (_impartial, _not_asked, _parts_ended),
    E.SEND_BACK: (_impartial, _not_asked, _whole_goes_on),
    E.RECHECK_SPOT: (_impartial, _not_asked),
    E.TAKE_BACK: (_whole_goes_on,),
    E.CONFIRM_SOLVED: (_not_agreed_yet,),
    E.CONFIRM: (_asked,),
    E.DENY: (_asked,),
    E.DISPATCH: (_bound_to_nobody_else,),
    E.RETURN: (_not_bound,),
    E.RESPOND: (_first_response,),
    E.MODERATE: (_no_part,),
    E.ASK: (_no_part, _runs),
    E.REPLY: (_has_question,),
    E.EXTEND: (_runs, _in_time),
    E.SUSPEND: (_runs,),
    E.RESUME: (_stands,),
    E.GRADE: (_graded, _runs),
    E.RECLASSIFY: (_runs,),
    E.UNDO: (_never_stopped,),
    E.MERGE: (_no_part, _parts_ended, _runs, _another_open_whole),
    E.SPLIT_OFF: (_no_part,),
    E.ESCALATE: (_disputed, _not_before_meeting),
    E.RESOLVE: (_before_meeting,),
    E.URGE: (_first_today,),
}

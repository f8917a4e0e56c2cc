"""How the machine takes each step: by its own service, with what the step needs.

An edge without a driver here fails ``test_loop_machine.py`` by its name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from portal.accounts.rules import Actor
from portal.kernel.clock import city_day
from portal.kernel.errors import Missing, Refused
from portal.kernel.instance import instance_of
from portal.kernel.photos import CleanPhoto
from portal.kernel.uploads import KeptPhotos, keep_upload
from portal.reports.queries.case import CaseReporterRow, CaseRow, case_by_number
from portal.reports.rules.batches import BatchAction, Wish
from portal.reports.rules.codes import Event, Means, State
from portal.reports.rules.disputes import Resolution
from portal.reports.rules.reasons import Reason
from portal.reports.rules.transitions import TRANSITIONS, Refusal
from portal.reports.service import batches, clockwork, ends, handling, outside, reporter
from portal.reports.service.disputes import escalate_case, resolve_case
from portal.reports.service.loop import Brought, move_case
from portal.reports.service.merging import merge_case, split_case
from portal.reports.service.parts import NewPart, split_off
from portal.reports.service.severity import grade_danger
from portal.reports.service.spot import SpotCheck, check_event, check_on_spot
from tests.make.photos import jpeg
from tests.reports.machine_world import BY_WORDS, SMALL, Walk

E = Event


@dataclass(frozen=True)
class Hand:
    """One try: the walk, and whoever tries."""

    walk: Walk
    event: Event
    actor: Actor | None = None
    who: CaseReporterRow | None = None

    @property
    def full(self) -> bool:
        return self.walk.brings != "nothing"

    @property
    def by(self) -> dict[str, Any]:
        return {"actor": self.actor, "now": self.walk.now}

    @property
    def at(self) -> tuple[Any, CaseRow]:
        return self.walk.session, self.walk.case

    @property
    def words(self) -> str | None:
        return "已到现场办理完毕" if self.full else None

    @property
    def reason(self) -> Reason | None:
        reasons = TRANSITIONS[self.event].reasons
        return reasons[self.walk.to % len(reasons)] if reasons and self.full else None

    @property
    def photos(self) -> KeptPhotos:
        if self.walk.brings != "all":
            return KeptPhotos()
        token = keep_upload(self.walk.session, _photo(), owner="me", now=self.walk.now)
        self.walk.session.flush()  # the step looks for it
        return KeptPhotos("me", (token,))


@cache
def _photo() -> CleanPhoto:
    """As it comes out of the cleaning, which has tests of its own."""
    return CleanPhoto(jpeg(), jpeg(), 320, 240)


def drive(walk: Walk, event: Event, who: str) -> list[str]:
    """Take a step, or raise why not; the numbers of cases that it made."""
    actor = walk.world.people[who]
    row = None if actor else walk.reporter(who)
    if actor is None and row is None:
        # nobody is recognised as the reporter of a case that went on in another one
        raise Missing
    hand = Hand(walk, event, actor, row)
    if TRANSITIONS[event].by_reporter is (actor is None):
        made = DRIVERS[event](hand)
        return made if isinstance(made, list) else []
    # whoever cannot even reach its page tries the loop itself
    _move(hand)
    return []


def _move(hand: Hand) -> None:
    brought = Brought(reason=hand.reason, words=hand.words)
    move_case(*hand.at, hand.event, brought=brought, **hand.by)


def _step(hand: Hand) -> None:
    handling.take_step(*hand.at, hand.event, reason=hand.reason, words=hand.words, **hand.by)


def _refuse(hand: Hand) -> None:
    reason = Reason.OUT_OF_SCOPE if hand.full else None
    outside.refuse_case(*hand.at, reason=reason, words=hand.words, body="court", **hand.by)


def _hand_over(hand: Hand) -> None:
    to = outside.HandOver("court" if hand.full else "")
    outside.hand_over_case(*hand.at, to=to, words=hand.words, **hand.by)


def _outside_answer(hand: Hand) -> None:
    outside.answer_case(*hand.at, words=hand.words, **hand.by)


def _dispatch(hand: Hand) -> None:
    unit_id = hand.walk.unit if hand.full else None
    handling.dispatch_case(*hand.at, unit_id=unit_id, words=hand.words, **hand.by)


def _handle(hand: Hand) -> None:
    handling.handle_case(*hand.at, words=hand.words, photos=hand.photos, **hand.by)


def _close(hand: Hand) -> None:
    means = Means.SERVICE if hand.full else None
    words = "已核实，现场干净"
    handling.close_case(*hand.at, means=means, words=words, **hand.by)


def _send_back(hand: Hand) -> None:
    handling.send_back_case(*hand.at, reason=hand.reason, words=hand.words, **hand.by)


def _reclassify(hand: Hand) -> None:
    now = hand.walk.case.category_code
    other = BY_WORDS if now == SMALL else SMALL
    code = other if hand.full else now
    handling.reclassify_case(*hand.at, category_code=code, words=hand.words, **hand.by)


def _ask(hand: Hand) -> None:
    clockwork.ask_reporter(*hand.at, words=hand.words, **hand.by)


def _extend(hand: Hand) -> None:
    more = {"reason": hand.reason, "words": hand.words, "days": 2}
    clockwork.extend_case(*hand.at, **more, **hand.by)


def _suspend(hand: Hand) -> None:
    zone = instance_of(hand.walk.session).city.zone
    until = city_day(hand.walk.now, zone) + timedelta(days=9)
    more = {"reason": hand.reason, "words": hand.words, "until": until}
    clockwork.suspend_case(*hand.at, **more, **hand.by)


def _resume(hand: Hand) -> None:
    clockwork.resume_case(*hand.at, words=hand.words, **hand.by)


def _grade(hand: Hand) -> None:
    now = hand.walk.case.condition or ""
    other = "serious" if now != "serious" else "slight"
    condition = other if hand.full else now
    clockwork.grade_case(*hand.at, condition=condition, words=hand.words, **hand.by)


def _grade_danger(hand: Hand) -> None:
    # a grave one and a light one
    level = TRANSITIONS[E.GRADE_DANGER].reasons[3 * hand.walk.to] if hand.full else None
    grade_danger(*hand.at, level=level, words=hand.words, **hand.by)


def _undo(hand: Hand) -> None:
    """A batch that accepts the case, and is taken back at once."""
    session, case = hand.at
    wish = Wish(case.number, case.version)
    assert hand.actor is not None
    number = batches.do_batch(session, hand.actor, BatchAction.ACCEPT, [wish], now=hand.walk.now)
    session.flush()  # what became of it is read
    after = case_by_number(session, case.number)
    if after is None or after.state is not State.ACCEPTED or after.version == case.version:
        raise Refused(Refusal.WRONG_STATE)
    batches.undo_batch(session, number, hand.actor, now=hand.walk.now)


def _merge(hand: Hand) -> None:
    number = hand.walk.other.number if hand.full else None
    merge_case(*hand.at, number=number, agreed=True, **hand.by)


def _split(hand: Hand) -> None:
    split_case(*hand.at, reason=hand.reason, words=hand.words, **hand.by)


def _split_off(hand: Hand) -> list[str]:
    part = NewPart((SMALL, BY_WORDS)[hand.walk.to], hand.walk.unit, hand.words or "")
    made = split_off(*hand.at, [part] if hand.full else [], **hand.by)
    return [one.number for one in made]


def _escalate(hand: Hand) -> None:
    escalate_case(*hand.at, words=hand.words, **hand.by)


def _resolve(hand: Hand) -> None:
    today = city_day(hand.walk.now, instance_of(hand.walk.session).city.zone)
    said = Resolution(today, "联席第3号", hand.walk.unit, hand.words or "")
    resolve_case(*hand.at, resolution=said, **hand.by)


def _settle(hand: Hand) -> None:
    ends.settle_case(*hand.at, words=hand.words, photos=hand.photos, **hand.by)


def _on_spot(hand: Hand) -> None:
    session, case = hand.at
    if check_event(case.state) is not hand.event:
        _move(hand)
        return
    check = SpotCheck(case.number, hand.reason, hand.words or "", hand.photos)
    check_on_spot(session, check, **hand.by)


def _urge(hand: Hand) -> None:
    assert hand.who is not None
    reporter.urge_case(*hand.at, hand.who, now=hand.walk.now)


def _add_photo(hand: Hand) -> None:
    reporter.add_reporter_photo(*hand.at, hand.photos, reporter=hand.who, now=hand.walk.now)


def _withdraw(hand: Hand) -> None:
    reporter.withdraw_case(*hand.at, hand.who, now=hand.walk.now)


def _reopen(hand: Hand) -> None:
    handling.reopen_case(*hand.at, passed_on_words=hand.words, now=hand.walk.now)


def _reply(hand: Hand) -> None:
    assert hand.who is not None
    said = {"words": hand.words, "photos": hand.photos, "now": hand.walk.now}
    clockwork.answer_question(*hand.at, hand.who, **said)


def _self_solve(hand: Hand) -> None:
    assert hand.who is not None
    said = {"words": hand.words, "photos": hand.photos, "now": hand.walk.now}
    ends.solve_case(*hand.at, hand.who, **said)


def _confirm(hand: Hand) -> None:
    assert hand.who is not None
    ends.confirm_settled(*hand.at, hand.who, now=hand.walk.now)


def _deny(hand: Hand) -> None:
    assert hand.who is not None
    ends.deny_settled(*hand.at, hand.who, words=hand.words, now=hand.walk.now)


DRIVERS: dict[Event, Callable[[Hand], object]] = {
    E.ACCEPT: _step, E.REFUSE: _refuse, E.FILE: _step, E.REFUSE_FILING: _step,
    E.DISPATCH: _dispatch, E.RETURN: _step, E.RESPOND: _step, E.HANDLE: _handle, E.CLOSE: _close,
    E.SEND_BACK: _send_back, E.REOPEN: _reopen, E.VOID: _step, E.WITHDRAW: _withdraw,
    E.URGE: _urge, E.ADD_PHOTO: _add_photo, E.MODERATE: _move, E.RECLASSIFY: _reclassify,
    E.GRADE_DANGER: _grade_danger, E.NOTE: _step, E.UNDO: _undo, E.MERGE: _merge, E.SPLIT: _split,
    E.ASK: _ask, E.REPLY: _reply, E.EXTEND: _extend, E.SUSPEND: _suspend, E.RESUME: _resume,
    E.GRADE: _grade, E.HAND_OVER: _hand_over, E.TAKE_BACK: _step, E.OUTSIDE_ANSWER: _outside_answer,
    E.SPLIT_OFF: _split_off, E.PARTS_DONE: _move, E.ESCALATE: _escalate, E.RESOLVE: _resolve,
    E.SELF_SOLVE: _self_solve, E.CONFIRM_SOLVED: _step, E.DOUBT: _step, E.SETTLE: _settle,
    E.CONFIRM: _confirm, E.DENY: _deny, E.VERIFY_SPOT: _on_spot, E.RECHECK_SPOT: _on_spot,
}  # fmt: skip

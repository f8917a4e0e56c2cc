"""Routes of certified time for the access test: what is somebody else's there."""

from datetime import timedelta

from sqlalchemy.orm import Session

from portal.accounts.queries import actor_for
from portal.accounts.rules import Permission
from portal.kernel.clock import now
from tests.make import volunteers as make
from tests.make.accounts import actor, person
from tests.make.ledger_routes import SAMPLES
from tests.make.routes import Sample, fixed, thing, with_permission
from tests.make.world import EAST, FILLERS, World
from volunteers.queries.rating import feedback_to
from volunteers.rules.hours import NOTICE
from volunteers.rules.rating import FeedbackKind
from volunteers.service.certificates import make_certificate
from volunteers.service.feedback import Word, write_feedback
from volunteers.service.hours import Stayed, confirm_hours

__all__ = ["SAMPLES"]

_DAY = timedelta(days=1)


def fill_hours(session: Session, world: World) -> None:
    """A shift of two weeks ago; somebody who is nobody of the roles has a certificate."""
    place = world.tree[EAST]
    moment = now()
    at = moment - 14 * _DAY
    shift = make.shift(
        session, make.activity(session, place), starts_at=at, seats={"member": 3},
    )  # fmt: skip
    who = person(session)
    signed = make.sign_up(session, shift, who.id, at=at)
    organiser = actor(session, world.people["volunteer_organiser"], moment)
    stay = Stayed(signed.number, shift.starts_at, shift.ends_at)
    [record] = confirm_hours(session, organiser, shift.number, [stay], now=at + _DAY)
    paper = make_certificate(
        session, actor_for(session, who.id, moment), name="王小明", first=at.date(),
        last=(at + _DAY).date(), now=at + _DAY + NOTICE,
    )  # fmt: skip
    word = Word(signed.number, FeedbackKind.THANKS, "谢谢您冒雨值守。")
    write_feedback(session, organiser, shift.number, word, now=moment)
    [feedback] = feedback_to(session, who.id)
    world.things |= {
        "old_shift": shift.number, "hours_record": record, "certificate": paper,
        "feedback": feedback.number,
    }  # fmt: skip


FILLERS.append(fill_hours)
for _page in ("certificate_paper", "certificate_pdf"):
    SAMPLES[f"volunteers.{_page}"] = Sample(
        own=fixed(number="none"), foreign=thing(number="certificate")
    )
SAMPLES["volunteers.desk_figures_table"] = Sample(own=fixed(kind="csv"))
SAMPLES["volunteers.check_certificate"] = Sample(own=thing(number="certificate"))
SAMPLES["volunteers.confirm_shift_hours"] = Sample(
    own=thing(number="old_shift"), reaches=with_permission(Permission.HOURS_CONFIRM)
)
SAMPLES["volunteers.void_record"] = Sample(
    own=thing(number="hours_record"), reaches=with_permission(Permission.HOURS_CONFIRM)
)
# who did not serve is told so; who did is tried in the tests of ratings
SAMPLES["volunteers.rate_shift_page"] = Sample(
    own=fixed(number="none"), foreign=thing(number="old_shift"), foreign_status=frozenset({422})
)
SAMPLES["volunteers.erase_my_feedback"] = Sample(
    own=fixed(number="none"), foreign=thing(number="feedback")
)
SAMPLES["volunteers.write_to_volunteer"] = Sample(
    own=thing(number="old_shift"), reaches=with_permission(Permission.HOURS_CONFIRM)
)

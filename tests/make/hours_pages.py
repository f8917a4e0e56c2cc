"""Addresses of pages of certified time: what stands in them, and who opens them."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.queries import actor_for
from portal.areas.queries import area_by_code
from portal.kernel.clock import now
from tests.make import volunteers as make
from tests.make.accounts import actor
from volunteers.queries.rating import feedback_to
from volunteers.rules.hours import NOTICE
from volunteers.rules.rating import FeedbackKind
from volunteers.service.certificates import make_certificate
from volunteers.service.feedback import Word, write_feedback
from volunteers.service.hours import Stayed, confirm_hours

NO_PAGE = {
    "volunteers.certificate_pdf": "a document to download",
    "volunteers.calendar": "a file for the phone's calendar",
    "volunteers.statistics_csv": "a table to download",
    "volunteers.statistics_xlsx": "a table to download",
    "volunteers.desk_figures_table": "a table to download",
}
WHO = dict.fromkeys(
    ("volunteers.certificate_paper", "volunteers.rate_shift_page", "volunteers.erase_my_feedback"),
    "resident",
)
CASES = {
    "volunteers.confirm_shift_hours": "served_shift",
    "volunteers.void_record": "hours_record",
    "volunteers.rate_shift_page": "served_shift",
    "volunteers.write_to_volunteer": "served_shift",
    "volunteers.erase_my_feedback": "feedback",
    "volunteers.certificate_paper": "certificate",
    "volunteers.check_certificate": "certificate",
}
_DAY = timedelta(days=1)


def hours_things(session: Session, people: Mapping[str, Person], place: str) -> dict[str, str]:
    """A shift of two weeks ago: the resident's time is certified, another's waits."""
    area, at = area_by_code(session, place), now() - 14 * _DAY
    assert area is not None
    shift = make.shift(session, make.activity(session, area), starts_at=at, seats={"member": 3})
    mine = make.sign_up(session, shift, people["resident"].id, at=at)
    make.sign_up(session, shift, people["shop_owner"].id, at=at)
    organiser = actor(session, people["street_desk"], now())
    stay = Stayed(mine.number, shift.starts_at, shift.ends_at)
    [record] = confirm_hours(session, organiser, shift.number, [stay], now=at + _DAY)
    paper = make_certificate(
        session, actor_for(session, people["resident"].id, now()), name="王小明",
        first=(at - _DAY).date(), last=(at + _DAY).date(), now=at + _DAY + NOTICE,
    )  # fmt: skip
    word = Word(mine.number, FeedbackKind.THANKS, "谢谢您冒雨值守。")
    write_feedback(session, organiser, shift.number, word, now=now())
    [feedback] = feedback_to(session, people["resident"].id)
    return {
        "served_shift": shift.number, "hours_record": record, "certificate": paper,
        "feedback": feedback.number,
    }  # fmt: skip

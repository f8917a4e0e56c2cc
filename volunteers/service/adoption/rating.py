"""Residents rate an adopted plot, once a quarter each; adopters do not rate their own."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.areas.rules import codes_of
from portal.kernel.errors import Forbidden, Refused
from portal.kernel.instance import instance_of
from portal.satisfaction.queries import RatingRow, rating_of
from portal.satisfaction.rules import Answers, SubjectKind
from portal.satisfaction.service import Subject, bound_to, record_rating
from volunteers.queries.adoption.adoptions import holder_of_plot, member_in
from volunteers.queries.adoption.plots import PlotRow
from volunteers.rules.adoption.life import BELONGING
from volunteers.rules.adoption.refusals import AdoptionRefusal
from volunteers.service.adoption.found import plot_shown
from volunteers.service.adoption.settings import today_of

CATEGORY = "adoption"


def rater_key(session: Session, person_id: UUID) -> UUID:
    """A key for somebody's ratings of plots that leads to nobody without the secret."""
    hashed = instance_of(session).vault.keyed_hash("adoption-rater", str(person_id))
    return UUID(hashed[:32])


def quarter(day: date) -> tuple[int, date]:
    """The number of a day's quarter, and the first day of the next: a rating is of a quarter."""
    number = day.year * 4 + (day.month - 1) // 3
    year, quarter_of_year = divmod(number + 1, 4)
    return number, date(year, quarter_of_year * 3 + 1, 1)


def my_rating(session: Session, actor: Actor, plot: PlotRow, now: datetime) -> RatingRow | None:
    """What somebody said of a plot in this quarter."""
    if actor.person_id is None:
        return None
    cycle, _ends = quarter(today_of(session, now))
    key = rater_key(session, actor.person_id)
    return rating_of(session, SubjectKind.ADOPTION, plot.id, cycle, key)


def rate_plot(
    session: Session, actor: Actor, number: str, answers: Answers, *, seen: int, now: datetime
) -> None:
    """Keep a resident's answer for this quarter, or change it while the quarter lasts."""
    plot = plot_shown(session, number, now)
    if actor.person_id is None:
        raise Forbidden
    row = holder_of_plot(session, plot.id)
    if row is None or not row.live:
        raise Refused(AdoptionRefusal.NOT_RATED_YET)
    member = member_in(session, row.id, actor.person_id)
    if member is not None and member.role in BELONGING:
        raise Refused(AdoptionRefusal.OWN_RATING)
    cycle, ends = quarter(today_of(session, now))
    window = datetime.combine(ends, time(), instance_of(session).city.zone)
    subject = Subject(
        kind=SubjectKind.ADOPTION, id=plot.id, district=codes_of(plot.place_path)[0], cycle=cycle,
        place_path=plot.place_path, category_code=CATEGORY, window_ends=window,
    )  # fmt: skip
    key, bound = rater_key(session, actor.person_id), bound_to(session, person_id=actor.person_id)
    record_rating(session, subject, key, answers, seen=seen, now=now, bound=bound)

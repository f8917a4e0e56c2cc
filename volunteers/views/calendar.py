"""My calendar's link, and what it reads."""

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public, signed_in
from portal.accounts.queries import person_row
from portal.kernel.clock import now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import hash_token
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from volunteers.forms.hours import PlainForm
from volunteers.queries.calendar import feed_of, owner_of_feed
from volunteers.service.calendar import end_feed, make_feed, read_feed, token_of
from volunteers.views.blueprint import bp
from volunteers.views.hours import me


@bp.get("/volunteers/calendar/<token>.ics")
@public
def calendar(token: str) -> ResponseReturnValue:
    """Somebody's shifts for her phone's calendar: whoever has the link reads them."""
    owner = owner_of_feed(reading(), hash_token(token))
    person = person_row(reading(), owner) if owner else None
    language = person.language if person else instance().city.default_language
    return Response(
        read_feed(reading(), token, language, now=now()),
        mimetype="text/calendar",
        headers={"Cache-Control": "private, max-age=900"},
    )


@bp.get("/volunteers/calendar")
@signed_in
def my_calendar() -> ResponseReturnValue:
    """The link to my calendar, if I made one."""
    return render_template("volunteers/hours/calendar.html", form=PlainForm(), link=_link())


def _link() -> str | None:
    feed_id = feed_of(reading(), me())
    if feed_id is None:
        return None
    token = token_of(reading(), feed_id)
    return f"{instance().config.origin}{url_for('volunteers.calendar', token=token)}"


@bp.post("/volunteers/calendar")
@signed_in
def make_calendar() -> ResponseReturnValue:
    """Make a link, or a new one in place of the old."""
    return answer(
        PlainForm(), "volunteers/hours/calendar.html", _make,
        thanks=_l("The link is made. Whoever has it sees your shifts: give it to nobody."),
        link=_link(),
    )  # fmt: skip


def _make(session: Session) -> str:
    make_feed(session, current_actor(), now=now())
    return url_for("volunteers.my_calendar")


@bp.post("/volunteers/calendar/end")
@signed_in
def end_calendar() -> ResponseReturnValue:
    """End the link: it opens nothing any more."""
    return answer(
        PlainForm(), "volunteers/hours/calendar.html", _end,
        thanks=_l("The link opens nothing any more."), link=_link(),
    )  # fmt: skip


def _end(session: Session) -> str:
    end_feed(session, current_actor())
    return url_for("volunteers.my_calendar")

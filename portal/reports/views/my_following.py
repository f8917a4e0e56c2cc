"""What I follow: what is new since I last looked, change of way, stop one and stop all."""

from datetime import timedelta

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, signed_in
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import current_language
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from portal.reports.forms.following import DAILY, ONCE, OwnFollowForm, StopForm
from portal.reports.labels.following import WAYS
from portal.reports.queries.following import FollowRow, follows_and_seen, own_follow
from portal.reports.queries.public import kinds
from portal.reports.rules.following import NEWS_DAYS, NEWS_SHOWN
from portal.reports.service.following.asking import (
    Asked,
    follow,
    mark_seen,
    stop_all,
    stop_one,
    ways_of,
)
from portal.reports.views.blueprint import bp
from portal.reports.views.following import news_context

STOPPED = _l("You do not follow it any more.")
ALL_STOPPED = _l("You follow nothing any more, and no messages are sent.")
READ = _l("Marked as read.")
CHANGED = _l("Saved.")


@bp.get("/me/following")
@signed_in
def following() -> ResponseReturnValue:
    """Everything I follow, and what is new in it."""
    who = current_actor().person_id
    followed, seen = follows_and_seen(reading(), who)
    earliest = now() - timedelta(days=NEWS_DAYS)
    since = max(seen, earliest) if seen else earliest
    context = news_context(followed, since)
    return render_template(
        "reports/follow/mine.html", since=since, form=StopForm(), ways=WAYS, most=NEWS_SHOWN,
        **context,
    )  # fmt: skip


def _own(number: str) -> FollowRow:
    found = own_follow(reading(), current_actor().person_id, number)
    if found is None:
        raise Missing
    return found


@bp.route("/me/following/<number>", methods=["GET", "POST"])
@signed_in
def change_following(number: str) -> ResponseReturnValue:
    """Change how I am told of one thing."""
    found, actor = _own(number), current_actor()
    given = {"way": found.follower.way.value, "when": ONCE if found.at_once else DAILY}
    form = OwnFollowForm(ways_of(reading(), actor), data=given)

    def act(writer: Session) -> str:
        asked = Asked(found.subject, {}, at_once=form.at_once)
        language = current_language()
        follow(writer, actor, asked, way=form.chosen, language=language, now=now())
        return url_for("reports.following")

    context = {"followed": found, "kinds": kinds(reading())}
    return answer(form, "reports/follow/change.html", act, thanks=CHANGED, **context)


@bp.post("/me/following/<number>/stop")
@signed_in
def stop_own(number: str) -> ResponseReturnValue:
    """Stop following one thing."""
    found = _own(number)

    def act(writer: Session) -> str:
        stop_one(writer, found)
        return url_for("reports.following")

    return answer(StopForm(), "reports/follow/again.html", act, thanks=STOPPED)


@bp.post("/me/following/stop")
@signed_in
def stop_every() -> ResponseReturnValue:
    """Stop following everything."""

    def act(writer: Session) -> str:
        stop_all(writer, current_actor())
        return url_for("reports.following")

    return answer(StopForm(), "reports/follow/again.html", act, thanks=ALL_STOPPED)


@bp.post("/me/following/read")
@signed_in
def read_news() -> ResponseReturnValue:
    """What is new is read."""

    def act(writer: Session) -> str:
        mark_seen(writer, current_actor(), now=now())
        return url_for("reports.following")

    return answer(StopForm(), "reports/follow/again.html", act, thanks=READ)

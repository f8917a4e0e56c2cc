"""Pages that look at many cases: the day's digest, hot spots, and how matters were solved."""

from datetime import date, datetime, timedelta

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Permission
from portal.kernel.clock import city_month, is_countable, month_bounds, now
from portal.kernel.errors import Missing
from portal.kernel.web import instance, reading
from portal.reports.labels.case import MEANS, STATE_KINDS, STATES
from portal.reports.labels.supervision import MEANS_SHORT, PARTS
from portal.reports.queries.digest import digest_cases, digest_days, digests_of
from portal.reports.queries.hotspots import hard_cases, hot_spots, refused_often
from portal.reports.queries.means import means_between
from portal.reports.rules.hotspots import FEWEST, REFUSALS, SINCE, TRIES, WITHIN_METRES
from portal.reports.rules.supervision import Settings, settings_from, shares
from portal.reports.views.blueprint import bp

MONTHS = 6
_STATE_WORDS = {"states": STATES, "kinds": STATE_KINDS}
DESK = Permission.REPORT_DISPATCH


def _settings() -> Settings:
    return settings_from(instance().city.thresholds)


@bp.get("/desk/digest/")
@requires(DESK)
def desk_digests() -> ResponseReturnValue:
    """The days with a digest, the newest first."""
    days = digest_days(reading(), current_actor().places_for(DESK))
    return render_template("reports/desk/digests.html", days=days, hour=_settings().hour)


@bp.get("/desk/digest/<day>")
@requires(DESK)
def desk_digest(day: str) -> ResponseReturnValue:
    """One day of my streets: what came, what was settled, what is overdue and listed."""
    asked = _day(day)
    digests = digests_of(reading(), asked, current_actor().places_for(DESK))
    if not digests:
        raise Missing
    return render_template(
        "reports/desk/digest.html",
        day=asked,
        digests=digests,
        cases=digest_cases(reading(), digests),
        parts=PARTS,
        hour=_settings().hour,
        **_STATE_WORDS,
    )


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Missing from error
    if not is_countable(day):
        raise Missing
    return day


@bp.get("/desk/hotspots")
@requires(DESK)
def desk_hotspots() -> ResponseReturnValue:
    """Where the same comes up again and again, and what does not get done."""
    actor, moment = current_actor(), now()
    return render_template(
        "reports/desk/hotspots.html",
        spots=hot_spots(reading(), actor, moment),
        hard=hard_cases(reading(), actor),
        refused=refused_often(reading(), actor, moment),
        states=STATES,
        kinds=STATE_KINDS,
        facts={"metres": WITHIN_METRES, "fewest": FEWEST, "days": SINCE.days},
        tries=TRIES,
        refusals=REFUSALS,
    )


@bp.get("/desk/means")
@requires(Permission.FIGURES_READ)
def desk_means() -> ResponseReturnValue:
    """How closed matters were solved, each month beside the target (721)."""
    settings, moments = _settings(), _months(now())
    scopes = current_actor().places_for(Permission.FIGURES_READ)
    counts = means_between(reading(), scopes, moments)
    rows = zip(moments, counts, strict=False)
    months = [(start, shares(c.known, settings.targets), c.unknown) for start, c in rows]
    return render_template(
        "reports/desk/means.html",
        months=months[::-1],
        short=MEANS_SHORT,
        means=MEANS,
        targets=settings.targets,
    )


def _months(moment: datetime) -> list[datetime]:
    """The first moments of the last months, and of the one after this."""
    zone = instance().city.zone
    start, end = month_bounds(city_month(moment, zone), zone)
    found = [end, start]
    while len(found) <= MONTHS:
        found.append(month_bounds(city_month(found[-1] - timedelta(days=1), zone), zone)[0])
    return found[::-1]

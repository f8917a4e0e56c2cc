"""Following a matter or a part of the list, and the links of the messages: confirm, read, stop."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import by_capability, current_actor, public
from portal.accounts.service.news import register_news
from portal.areas.queries import area_by_code
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.forms import clean_text
from portal.kernel.i18n import LANGUAGES, current_language
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading, writing_by_key
from portal.reports.forms.following import FollowForm, OwnFollowForm, StopForm
from portal.reports.labels.case import STATE_KINDS
from portal.reports.labels.following import WAYS
from portal.reports.labels.public import state_words
from portal.reports.queries.case import CaseReporterRow, CaseRow
from portal.reports.queries.following import (
    FollowRow,
    StopTarget,
    count_news,
    follow_of_person,
    follow_to_confirm,
    news_of,
    places_of_news,
    stop_target,
)
from portal.reports.queries.neighbours import places_of
from portal.reports.queries.public import KindRow, kinds
from portal.reports.rules.following import NEWS_DAYS, Subject
from portal.reports.rules.publicity import STRICTEST, public_codes
from portal.reports.rules.transitions import OPEN
from portal.reports.service.following.asking import (
    Asked,
    ask_to_follow,
    confirm_follow,
    follow,
    may_mail,
    own_page,
    stop,
    subject_of_case,
    subject_of_list,
    ways_of,
)
from portal.reports.views.blueprint import bp
from portal.reports.views.reporter_session import case_or_missing

Names = Mapping[str, str]
FOLLOWED = _l("You follow it now. What is new stands on your own page.")
SENT = _l(
    "If messages can reach you there, a link is on its way. Open it within two days: only then do"
    " you follow it, and nothing else is sent before."
)
CONFIRMED = _l("Thank you. You follow it now.")


@bp.route("/reports/<number>/follow", methods=["GET", "POST"])
@public
def follow_case(number: str) -> ResponseReturnValue:
    """Follow one matter that anybody may see."""
    case = case_or_missing(number)
    subject, kind = subject_of_case(case), kinds(reading()).get(case.category_code)
    codes = public_codes(case.place_path, kind.publicity if kind else STRICTEST)
    back = url_for("reports.show", number=case.number)
    about = {
        "case": case,
        "kind": kind,
        "state_words": state_words(case.state),
        "state_kind": STATE_KINDS[case.state],
        "codes": [code for code in codes if code.isdecimal()],
        "places": places_of(reading(), codes),
    }
    return _asking(subject, _joined(_names_of(kind), _same(case.number)), back, about)


@bp.route("/reports/follow", methods=["GET", "POST"])
@public
def follow_list() -> ResponseReturnValue:
    """Follow the list by place, by kind, or by both."""
    asked = {name: (clean_text(request.args.get(name)) or "")[:40] for name in ("area", "category")}
    asked = {name: value for name, value in asked.items() if value}
    if not asked:
        return _nothing_chosen()
    area, category = asked.get("area", ""), asked.get("category", "")
    subject = subject_of_list(reading(), area, category)
    place, kind = area_by_code(reading(), area), kinds(reading()).get(category)
    names = _joined(place.names if place else {}, _names_of(kind))
    back = url_for("reports.public_list", area=area or None, category=category or None)
    return _asking(subject, names, back, {"place": place, "kind": kind, "asked": asked})


def _nothing_chosen() -> ResponseReturnValue:
    if request.method == "POST":
        return redirect(url_for("reports.follow_list"), 303)
    return render_template("reports/follow/choose.html")


def _names_of(kind: KindRow | None) -> Names:
    return kind.names if kind else {}


def _same(text: str) -> Names:
    return dict.fromkeys(LANGUAGES, text)


def _joined(*names: Names) -> dict[str, str]:
    """Names beside each other, in each language."""
    return {
        language: " · ".join(
            found.get(language) or found.get("zh_Hans", "") for found in names if found
        )
        for language in LANGUAGES
    }


def _asking(
    subject: Subject, names: dict[str, str], back: str, about: Mapping[str, Any]
) -> ResponseReturnValue:
    """The page that asks how to be told; for somebody signed in it is done at once."""
    actor, is_case = current_actor(), subject.case_id is not None
    template = "reports/follow/follow.html"
    if actor.signed_in:
        return _asking_own(subject, names, back, about)
    form = FollowForm(mail=may_mail(reading()))

    def act(writer: Session) -> str:
        asked = Asked(subject, names, at_once=form.at_once)
        address, language = request.remote_addr or "", current_language()
        typed = form.to.data or ""
        ask_to_follow(writer, asked, typed, address=address, language=language, now=now())
        return back

    return answer(form, template, act, thanks=SENT, is_case=is_case, back=back, own=None, **about)


def _asking_own(
    subject: Subject, names: dict[str, str], back: str, about: Mapping[str, Any]
) -> ResponseReturnValue:
    actor, is_case = current_actor(), subject.case_id is not None
    form = OwnFollowForm(ways_of(reading(), actor))
    own = follow_of_person(reading(), actor.person_id, subject)

    def act(writer: Session) -> str:
        asked = Asked(subject, names, at_once=form.at_once)
        language = current_language()
        follow(writer, actor, asked, way=form.chosen, language=language, now=now())
        return url_for("reports.following")

    template = "reports/follow/follow.html"
    return answer(
        form, template, act, thanks=FOLLOWED, is_case=is_case, back=back, own=own, **about
    )


def following_of(case: CaseRow, reporter: CaseReporterRow | None) -> dict[str, Any]:
    """What a matter's page tells of following: that one does, or that one may."""
    actor, mine = current_actor(), None
    if actor.signed_in and case.listed:
        subject = Subject(district=case.district, case_id=case.id)
        mine = follow_of_person(reading(), actor.person_id, subject)
    return {
        "followed": mine,
        "stop_form": StopForm() if mine else None,
        "may_follow": case.listed and case.state in OPEN and reporter is None and mine is None,
    }


# --- the links of messages ---


def _target(token: str) -> StopTarget:
    found = stop_target(reading(), token)
    if found is None:
        raise Missing
    return found


def _private(page: str, status: int = 200) -> Response:
    """A page behind a secret address: kept by nobody, found by no search."""
    headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    return Response(page, status, headers=headers)


def _over() -> Response:
    return _private(render_template("reports/follow/over.html"), 404)


@bp.get("/f/<token>")
@public
def follower(token: str) -> ResponseReturnValue:
    """What somebody without account follows, and what is new in it."""
    target = stop_target(reading(), token)
    if target is None:
        return _over()
    context = news_context(target.follows, now() - timedelta(days=NEWS_DAYS))
    stops = {row.id: f"{own_page(reading(), row.id)}/stop" for row in target.follows}
    page = render_template(
        "reports/follow/follower.html", token=token, stops=stops, ways=WAYS, **context
    )
    return _private(page)


def news_context(followed: list[FollowRow], since: datetime) -> dict[str, Any]:
    """What is new in followed things, with the names that it takes to say so."""
    known = kinds(reading())
    news = news_of(reading(), followed, since, known)
    places = places_of_news(reading(), news)
    return {"follows": followed, "news": news, "kinds": known, "places": places}


@bp.route("/f/<token>/confirm", methods=["GET", "POST"])
@public
def confirm_following(token: str) -> ResponseReturnValue:
    """The link of the first message: a press, and it is followed."""
    found = follow_to_confirm(reading(), token)
    if found is None:
        return _over()
    if found.confirmed_at is not None and request.method == "GET":
        return redirect(own_page(reading(), found.follower.id), 303)

    def act(writer: Session) -> str:
        confirm_follow(writer, found, now=now())
        # the address is kept to answer a double click: this very page, which leads on from here
        return "?done=1"

    context = {"followed": found, "kinds": kinds(reading())}
    return answer(StopForm(), "reports/follow/confirm.html", act, thanks=CONFIRMED, **context)


@bp.route("/f/<token>/stop", methods=["GET", "POST"])
@public
def stop_following(token: str) -> ResponseReturnValue:
    """The link at the end of each message: one press, and nothing more is sent."""
    target = stop_target(reading(), token)
    if target is None:
        return _over()

    def act(writer: Session) -> str:
        stop(writer, target)
        return url_for("reports.stopped")

    context = {"target": target, "kinds": kinds(reading())}
    return answer(StopForm(), "reports/follow/stop.html", act, **context)


@bp.get("/f/stopped")
@public
def stopped() -> ResponseReturnValue:
    """That nothing more is sent."""
    return render_template("reports/follow/stopped.html")


@bp.get("/f/<token>/one-click")
@public
def one_click_page(token: str) -> ResponseReturnValue:
    """A mail program that opens the address instead of posting to it."""
    return redirect(url_for("reports.stop_following", token=token), 303)


@bp.post("/f/<token>/one-click")
@by_capability
def one_click(token: str) -> ResponseReturnValue:
    """The button of a mail program (RFC 8058): it knows no form and follows no redirect."""
    target = _target(token)
    with writing_by_key() as writer:
        stop(writer, target)
    return _private(render_template("reports/follow/stopped.html"))


def _count(session: Session, person_id: UUID, moment: datetime) -> int:
    return count_news(session, person_id, moment - timedelta(days=NEWS_DAYS))


register_news("reports.following", _count, "reports/follow/news.html")

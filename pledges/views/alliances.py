"""Alliances in public, and at the desk of a street."""

from functools import partial
from itertools import pairwise
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from credit.rules.differences import differences
from pledges.forms.alliances import AllianceForm, CallForm, FoundForm, NoticeForm, TermForm
from pledges.forms.breaches import SureForm
from pledges.labels.alliances import ELECTION_KINDS, OUTCOMES, PHASES
from pledges.labels.standing import quarter_words
from pledges.queries.alliance_life import (
    CovenantRow,
    covenants_of,
    notices_of,
    sign_ons_of,
    standing_of,
)
from pledges.queries.alliances import PAGE, AllianceRow, alliances_in, head_of, members_of
from pledges.queries.elections import ElectionRow, elections_of
from pledges.rules.elections import phase
from pledges.service.alliance_lead import end_notice, end_term, post_notice
from pledges.service.alliances import (
    MANAGE,
    alliance_at_desk,
    alliance_shown,
    change_alliance,
    end_alliance,
    found_alliance,
)
from pledges.service.elections import call_election, call_off
from pledges.views.blueprint import bp
from portal.accounts.access import current_actor, public, requires
from portal.areas.queries import areas_by_ids
from portal.kernel.clock import city_day, now
from portal.kernel.i18n import current_language, gettext
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading

FOLDER = "pledges/alliances"
SAVED = _l("Saved.")
SENT = _l("The members read it now.")
CALLED = _l("The election is called.")
POLL_DAYS, TERM_DAYS = 7, 365


def _part(rows: list[AllianceRow]) -> dict[str, Any]:
    shown = rows[:PAGE]
    return {
        "rows": shown, "areas": areas_by_ids(reading(), {row.area_id for row in shown}),
        "following": shown[-1].number if len(rows) > PAGE else None,
    }  # fmt: skip


def _after() -> str:
    return clean_number(request.args.get("after", "")[:40]) or ""


@bp.get("/pledges/alliances/")
@public
def alliances() -> ResponseReturnValue:
    """Every alliance: where it is, and how many shops belong to it."""
    found = alliances_in(reading(), None, _after())
    return render_template(f"{FOLDER}/list.html", **_part(found))


@bp.get("/pledges/alliances/<number>")
@public
def alliance(number: str) -> ResponseReturnValue:
    """One alliance: its shops by their signs, its covenant, how it stands. No person is named."""
    row = alliance_shown(reading(), number)
    return render_template(
        f"{FOLDER}/show.html", standing=standing_of(reading(), row), quarter_words=quarter_words,
        **about(row),
    )  # fmt: skip


def about(row: AllianceRow) -> dict[str, Any]:
    """What everybody reads of an alliance."""
    texts = [one for one in covenants_of(reading(), row) if one.published_at is not None]
    today = city_day(now(), instance().city.zone)
    return {
        "row": row, "members": members_of(reading(), row), "texts": texts,
        "areas": areas_by_ids(reading(), {row.area_id}), "changes": changes_of(texts),
        "signed": sign_ons_of(reading(), row), "head": head_of(reading(), row, today),
    }  # fmt: skip


def changes_of(texts: list[CovenantRow]) -> list[tuple[int, list[Any]]]:
    """What each version changed in the one before it, the newest first."""
    language = current_language()
    return [
        (new.version, differences(old.texts[language], new.texts[language]))
        for new, old in pairwise(texts)
    ]


def elections_with_phases(row: AllianceRow) -> list[tuple[ElectionRow, Any]]:
    """The latest elections and where each stands now."""
    at = now()
    return [
        (one, phase(one.polls_at, one.closes_at, one.closed_at, at))
        for one in elections_of(reading(), row)
    ]


def election_words() -> dict[str, Any]:
    """The words of elections for a page."""
    return {"kinds": ELECTION_KINDS, "phases": PHASES, "outcomes": OUTCOMES}


@bp.get("/desk/pledges/alliances/")
@requires(MANAGE)
def desk_alliances() -> ResponseReturnValue:
    """The alliances of my places, also those that ended."""
    found = alliances_in(reading(), current_actor().places_for(MANAGE), _after(), ended=True)
    return render_template(f"{FOLDER}/desk/list.html", **_part(found))


@bp.route("/desk/pledges/alliances/new", methods=["GET", "POST"])
@requires(MANAGE)
def desk_alliance_new() -> ResponseReturnValue:
    """Found an alliance."""
    form = FoundForm()

    def act(session: Session) -> str:
        wish = form.wish(form.place.data or "")
        number = found_alliance(session, current_actor(), wish, now=now())
        return url_for("pledges.desk_alliance", number=number)

    return answer(form, f"{FOLDER}/form.html", act, thanks=SAVED, desk=True, row=None,
                  heading=gettext("Found an alliance"), send=gettext("Found it"))  # fmt: skip


@bp.route("/desk/pledges/alliances/<number>", methods=["GET", "POST"])
@requires(MANAGE)
def desk_alliance(number: str) -> ResponseReturnValue:
    """One alliance at the desk: its members by their signs, its elections, its name."""
    row = alliance_at_desk(reading(), current_actor(), number)
    typed = {f"name_{code.lower()}": words for code, words in row.names.items()}
    form = AllianceForm(data={**typed, "inspects": row.inspects})

    def act(session: Session) -> str:
        change_alliance(session, current_actor(), row.number, form.wish(), now=now())
        return url_for("pledges.desk_alliance", number=row.number)

    return answer(
        form, f"{FOLDER}/desk/one.html", act, thanks=SAVED, sure=SureForm(formdata=None),
        notices=notices_of(reading(), row), elections=elections_with_phases(row),
        **election_words(), **about(row),
    )  # fmt: skip


def _back(row: AllianceRow) -> str:
    return url_for("pledges.desk_alliance", number=row.number)


@bp.route("/desk/pledges/alliances/<number>/notice", methods=["GET", "POST"])
@requires(MANAGE)
def desk_alliance_notice(number: str) -> ResponseReturnValue:
    """A notice of the street to the members."""
    row, form = alliance_at_desk(reading(), current_actor(), number), NoticeForm()

    def act(session: Session) -> str:
        title, words = form.title.data or "", form.words.data or ""
        post_notice(session, current_actor(), row.number, title, words, now=now())
        return _back(row)

    return answer(form, f"{FOLDER}/form.html", act, thanks=SENT, desk=True, row=row,
                  heading=gettext("Notice to the members"), send=gettext("Send"))  # fmt: skip


@bp.post("/desk/pledges/alliances/<number>/notices/<notice>/end")
@requires(MANAGE)
def desk_alliance_notice_end(number: str, notice: str) -> ResponseReturnValue:
    """Take a notice away."""
    row = alliance_at_desk(reading(), current_actor(), number)

    def act(session: Session) -> str:
        end_notice(session, current_actor(), row.number, notice, now=now())
        return _back(row)

    return answer(SureForm(), f"{FOLDER}/form.html", act, thanks=SAVED, desk=True, row=row,
                  heading=gettext("Take it away"), send=gettext("Yes"))  # fmt: skip


@bp.route("/desk/pledges/alliances/<number>/election", methods=["GET", "POST"])
@requires(MANAGE)
def desk_alliance_election(number: str) -> ResponseReturnValue:
    """Call an election of the head."""
    row = alliance_at_desk(reading(), current_actor(), number)
    form = CallForm(data={"poll_days": POLL_DAYS, "term_days": TERM_DAYS})
    act = partial(call, form, row, _back(row))
    return answer(form, f"{FOLDER}/form.html", act, thanks=CALLED, desk=True, row=row,
                  heading=gettext("Call an election"), send=gettext("Call it"))  # fmt: skip


def call(form: CallForm, row: AllianceRow, back: str, session: Session) -> str:
    """Call what the form says."""
    call_election(
        session, current_actor(), row.number, form.chosen(), form.poll_days.data,
        form.term_days.data, now=now(),
    )  # fmt: skip
    return back


@bp.post("/desk/pledges/alliances/elections/<number>/off")
@requires(MANAGE)
def desk_alliance_call_off(number: str) -> ResponseReturnValue:
    """Call an election off."""

    def act(session: Session) -> str:
        call_off(session, current_actor(), number, now=now())
        return url_for("pledges.desk_alliances")

    heading = send = gettext("Call the election off")
    return answer(SureForm(), f"{FOLDER}/form.html", act, thanks=SAVED, desk=True, row=None,
                  heading=heading, send=send)  # fmt: skip


@bp.route("/desk/pledges/alliances/<number>/term", methods=["GET", "POST"])
@requires(MANAGE)
def desk_alliance_term(number: str) -> ResponseReturnValue:
    """End the term of the head with a reason, which the members read."""
    row, form = alliance_at_desk(reading(), current_actor(), number), TermForm()
    act = partial(end_the_term, form, row, _back(row))
    return answer(form, f"{FOLDER}/form.html", act, thanks=SAVED, desk=True, row=row,
                  heading=gettext("End the term of the head"), send=gettext("End it"))  # fmt: skip


def end_the_term(form: TermForm, row: AllianceRow, back: str, session: Session) -> str:
    """End it, and tell the members."""
    title = gettext("The term of the head has ended")
    end_term(session, current_actor(), row.number, title, form.reason.data or "", now=now())
    return back


@bp.route("/desk/pledges/alliances/<number>/end", methods=["GET", "POST"])
@requires(MANAGE)
def desk_alliance_end(number: str) -> ResponseReturnValue:
    """End an alliance."""
    row = alliance_at_desk(reading(), current_actor(), number)

    def act(session: Session) -> str:
        end_alliance(session, current_actor(), row.number, now=now())
        return _back(row)

    return answer(SureForm(), f"{FOLDER}/form.html", act, thanks=SAVED, desk=True, row=row,
                  heading=gettext("End the alliance"), send=gettext("End it"))  # fmt: skip

"""The details of a report: words, place, what the kind asks further; one word of warning."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import public
from portal.areas.queries import AreaRow, PermittedRow, area_by_code, permitted_in
from portal.areas.rules import codes_of
from portal.kernel.clock import city_day, local, now
from portal.kernel.errors import Refused
from portal.kernel.i18n import in_words
from portal.kernel.web import Session, instance, reading
from portal.reports.forms.questions import AskingDetails, details_form
from portal.reports.labels.intake import permitted_words
from portal.reports.labels.kinds import EMERGENCIES, ZONES, number_words
from portal.reports.queries.categories import category_on
from portal.reports.queries.kinds import emergencies, questions_of, season_notes
from portal.reports.queries.zones import zones_of
from portal.reports.rules.categories import CategoryRow
from portal.reports.rules.emergency import EmergencyRow, numbers_for, sounds_like
from portal.reports.rules.intake import (
    MOST_WORDS,
    IntakeRefusal,
    ReportAnswers,
    Step,
    next_step,
    what_is_missing,
)
from portal.reports.rules.kinds import STALL_LIKE
from portal.reports.rules.zones import zones_about, zones_at
from portal.reports.views.blueprint import bp
from portal.reports.views.draft_session import ask, current_draft, in_draft, page_of


@bp.route("/reports/new/details", methods=["GET", "POST"])
@public
@in_draft
def details() -> ResponseReturnValue:
    """In words, where exactly, and what else the kind asks."""
    given = current_draft().answers
    form = _form(given)

    def go_on(_session: Session, following: Step, answers: ReportAnswers) -> str:
        # everything is kept by now: whoever makes a call first can go on afterwards
        first = answers.warned and not given.warned
        return url_for("reports.emergency") if first else page_of(following)

    return ask(
        Step.DETAILS, form, "reports/new/details.html", partial(_changes, form, given),
        go_on=go_on, most=MOST_WORDS, category=category_of(given), **_around(given),
    )  # fmt: skip


def _form(given: ReportAnswers) -> AskingDetails:
    """The form with the questions of the kind, and what was answered before."""
    shown = {f"ask_{key}": value for key, value in given.extra.items()}
    data = {"words": given.words, "place_words": given.place_words, **shown}
    return details_form(questions_of(given.category_code, today()), city_time(), data)


def _changes(form: AskingDetails, given: ReportAnswers, _session: Session) -> Mapping[str, Any]:
    """What the draft keeps of this page."""
    words, place_words = form.words.data or "", form.place_words.data or ""
    _demand(replace(given, words=words, place_words=place_words))
    return {
        "words": words,
        "place_words": place_words,
        "words_answered": True,
        "extra": dict(form.extra),
        "warned": given.warned or bool(_sounds(words, place_words)),
    }


@bp.get("/reports/new/emergency")
@public
@in_draft
def emergency() -> ResponseReturnValue:
    """Whom to call first. Shown once on the way; nothing is lost by going on."""
    answers = current_draft().answers
    rows = _sounds(answers.words, answers.place_words) or list(emergencies())
    onward = page_of(next_step(answers, Step.DETAILS))
    return render_template("reports/new/emergency.html", onward=onward, **whom_to_call(rows))


def whom_to_call(rows: list[EmergencyRow]) -> dict[str, Any]:
    """What to do, and the numbers with who answers them."""
    gas_phone = instance().city.raw.get("emergency", {}).get("gas")
    numbers = numbers_for(rows, gas_phone)
    return {
        "advice": [EMERGENCIES[row.kind] for row in rows],
        "numbers": [(number, number_words(number)) for number in numbers],
        "change_url": page_of(Step.DETAILS),
    }


def _sounds(*texts: str) -> list[EmergencyRow]:
    return sounds_like(emergencies(), *texts)


def today() -> Any:
    """The day of the city."""
    return city_day(now(), instance().city.zone)


def city_time() -> datetime:
    """The time on the city's clocks."""
    return local(now(), instance().city.zone)


def category_of(answers: ReportAnswers) -> CategoryRow | None:
    """The kind that was chosen, if it is still in use."""
    code = answers.category_code
    return category_on(reading(), code, today()) if code else None


def _demand(answers: ReportAnswers) -> None:
    """Words are needed when there is no photo, and a place in words when nothing else says it."""
    fields = {IntakeRefusal.NO_WORDS: "words", IntakeRefusal.NO_PLACE_WORDS: "place_words"}
    for step, refusal in what_is_missing(answers):
        if step is Step.DETAILS:
            raise Refused(refusal, field=fields[refusal])


def _around(given: ReportAnswers) -> dict[str, Any]:
    """What holds at this place and in this season: permitted stalls, zones, notes."""
    area = area_by_code(reading(), given.area_code) if given.area_code else None
    permitted = _permitted(given, area)
    return {
        "permitted": [permitted_words(row) for row in permitted],
        "permitted_now": [permitted_words(row) for row in permitted if _lawful_now(row, area)],
        "notes": [in_words(note) for note in season_notes(given.category_code, today())],
        "zones": zone_words(given, area),
    }


def _permitted(given: ReportAnswers, area: AreaRow | None) -> list[PermittedRow]:
    """Where stalls are lawful near by, so that nobody reports those."""
    if given.category_code not in STALL_LIKE or area is None:
        return []
    return permitted_in(reading(), area.parent_path or area.path, on=today())


def _lawful_now(row: PermittedRow, area: AreaRow | None) -> bool:
    return area is not None and row.area_id == area.id and row.open_at(city_time())


def zone_words(given: ReportAnswers, area: AreaRow | None) -> list[tuple[str, str, str]]:
    """(what is banned, the zone's name, its rule) for zones that bear on what is reported."""
    if area is None or given.category_code is None:
        return []
    here = zones_at(zones_of(reading()), codes_of(area.path), given.point, today())
    return [
        (str(ZONES[zone.rule]), in_words(zone.names), in_words(zone.words))
        for zone in zones_about(here, given.category_code)
    ]

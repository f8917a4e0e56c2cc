"""Filing for somebody else and for callers (R036, R175, R286): what, on one page, and a receipt."""

from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Permission
from portal.areas.queries import AreaRow, area_by_code, children_of, root_areas
from portal.areas.rules import codes_of
from portal.kernel.clock import now
from portal.kernel.errors import Missing, Refused
from portal.kernel.i18n import current_language, in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.qr import qr_svg
from portal.kernel.web import Session, instance, reading
from portal.reports.forms.doors import FilingForm, filing_form
from portal.reports.labels.case import SOURCES
from portal.reports.queries.case import case_by_number
from portal.reports.queries.categories import categories_on, category_on
from portal.reports.queries.kinds import questions_of
from portal.reports.queries.neighbours import Neighbour, matters_near, places_of
from portal.reports.rules.categories import CategoryRow
from portal.reports.rules.codes import Source
from portal.reports.rules.intake import MOST_PHOTOS, MOST_WORDS, ReportAnswers
from portal.reports.rules.kinds import BEHAVIOUR, SUGGESTION
from portal.reports.service.filing import Filer, consent_today, file_for, join_for, my_sources
from portal.reports.service.intake import Filed
from portal.reports.service.offline import complete
from portal.reports.service.places import finer_places
from portal.reports.views.blueprint import bp
from portal.reports.views.intake_details import city_time, today
from portal.reports.views.warning import alarm_of

TICKET_SECONDS = 1800
FORM = "reports/desk/file.html"
FILED = _l("Filed. The receipt belongs to whoever you filed it for.")


@dataclass(frozen=True)
class Way:
    """From which source somebody files which kind."""

    source: Source
    kind: CategoryRow


@bp.get("/desk/file")
@requires(Permission.REPORT_FILE)
def file_start() -> ResponseReturnValue:
    """Which way it came, and what it is: then the page that asks the rest."""
    sources = my_sources(current_actor())
    asked = request.args.get("source") or (sources[0].value if len(sources) == 1 else "")
    kind = request.args.get("kind", "")
    kinds = _kinds()
    if asked in {one.value for one in sources} and kind in {row.code for row in kinds}:
        return redirect(url_for("reports.file_form", source=asked, kind=kind), 303)
    offered = [(one.value, SOURCES[one]) for one in sources]
    return render_template(
        "reports/desk/file_start.html", sources=offered, asked=asked, kind=kind, kinds=kinds,
        incomplete=bool(request.args),
    )  # fmt: skip


def _kinds() -> list[CategoryRow]:
    """What can be filed: what residents can report, and suggestions (R175)."""
    suggestion = category_on(reading(), SUGGESTION, today())
    return [*categories_on(reading(), today()), *([suggestion] if suggestion else [])]


def _way(source: str, kind: str) -> Way:
    row = category_on(reading(), kind, today())
    mine = {one.value: one for one in my_sources(current_actor())}
    if row is None or row.code == BEHAVIOUR or source not in mine:
        raise Missing
    return Way(mine[source], row)


@bp.route("/desk/file/<source>/<kind>", methods=["GET", "POST"])
@requires(Permission.REPORT_FILE)
def file_form(source: str, kind: str) -> ResponseReturnValue:
    """Words, photos, place, for whom and how she agreed; what is near is offered first."""
    way = _way(source, kind)
    form = filing_form(questions_of(way.kind.code, today()), city_time(), way.source)
    form.prepare(_places(), protected=way.kind.protected)
    alarm, near = alarm_of(form), _near(form, way)
    context = {**_about(way), **near, "alarm": alarm}
    if alarm and form.validate():
        return render_template(FORM, form=form, **context)
    if near["near"] and not form.checked.data:
        form.checked.data = "yes"
        return render_template(FORM, form=form, **context)
    return answer(form, FORM, lambda writer: _filed(writer, form, way), thanks=FILED, **context)


def _about(way: Way) -> dict[str, Any]:
    return {
        "way": way,
        "source_words": SOURCES[way.source],
        "consent": in_words(consent_today(reading(), now()).words),
        "most": MOST_PHOTOS,
        "longest": MOST_WORDS,
    }


def _places() -> list[AreaRow]:
    """Her own places and those just below them first, then every street."""
    own: list[AreaRow] = []
    for path in current_actor().places_for(Permission.REPORT_FILE) or ():
        code = codes_of(path)[-1]
        area = area_by_code(reading(), code)
        own += [area, *children_of(reading(), code)] if area else []
    roots = root_areas(reading())
    streets = finer_places(reading(), roots[0].code if len(roots) == 1 else None)
    return list({area.code: area for area in [*own, *streets]}.values())


def _near(form: FilingForm, way: Way) -> dict[str, Any]:
    """Open matters that it may be, once everything is answered and nothing is missing."""
    found: list[Neighbour] = []
    if form.is_submitted() and not form.join.data and form.validate():
        try:
            found = matters_near(reading(), _answers(reading(), form, way), now())
        except Refused:
            # the place cannot be told: the answer to the form says so
            found = []
    codes = {code for one in found for code in one.case.codes}
    return {"near": found, "near_places": places_of(reading(), codes)}


def _answers(reader: Session, form: FilingForm, way: Way) -> ReportAnswers:
    street = (form.area.data or "")[:80]
    told = form.report(way.kind.code, current_language())
    return complete(reader, told, street=street, photos=form.photos.data, now=now())


def _filed(writer: Session, form: FilingForm, way: Way) -> str:
    """File it, or let the caller follow what is there; the address of the receipt."""
    answers = _answers(writer, form, way)
    filer = Filer(current_actor(), current_language(), form.photos.data, form.papers)
    if form.join.data:
        case = case_by_number(writer, form.join.data)
        if case is None:
            raise Missing
        filed = join_for(writer, case, answers, form.filing, filer, now=now())
    else:
        filed = file_for(writer, answers, form.filing, filer, now=now())
    return _receipt(filed, sent=bool(answers.phone))


def _receipt(filed: Filed, *, sent: bool) -> str:
    """A receipt that only this browser can open, for a while.

    Where it was sent to the resident's telephone, whoever filed never sees the code: it rates.
    """
    until = str(int(now().timestamp()) + TICKET_SECONDS)
    secrets = ("", "") if sent else (filed.lookup_code, filed.token)
    text = "\n".join([session["browser"], filed.number, *secrets, until])
    return url_for("reports.file_receipt", ticket=instance().vault.seal(text))


def _opened(ticket: str) -> tuple[str, str, str]:
    """Number, code and token of a receipt that this browser may still see."""
    try:
        browser, number, code, token, until = instance().vault.unseal(ticket).split("\n")
    except ValueError:
        raise Missing from None
    # the next at a shared computer finds it in the history
    if browser != session.get("browser") or now().timestamp() > int(until):
        raise Missing
    return number, code, token


@bp.get("/desk/file/receipt/<ticket>")
@requires(Permission.REPORT_FILE)
def file_receipt(ticket: str) -> ResponseReturnValue:
    """What the resident gets: a paper to take along, unless she was sent it."""
    number, code, token = _opened(ticket)
    qr = qr_svg(f"{instance().config.origin}/r/{token}") if token else ""
    case = case_by_number(reading(), number)
    if case is None:
        raise Missing
    page = render_template(
        "reports/desk/file_receipt.html", case=case, code=code, qr=qr,
        minutes=TICKET_SECONDS // 60,
    )  # fmt: skip
    return Response(page, headers={"Cache-Control": "no-store"})

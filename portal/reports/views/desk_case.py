"""One case at the desk with everything on it, its photos, and who reported it after a reason."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from io import BytesIO
from typing import Any

from flask import render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Permission
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import gettext as _
from portal.kernel.i18n import in_words
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from portal.kernel.words import say
from portal.reports.forms.batches import ConfirmForm
from portal.reports.forms.desk import IdentityForm, StepForm
from portal.reports.labels.case import (
    ACTIONS,
    DESK_EVENTS,
    EVENTS,
    REVIEWS,
    SOURCES,
    STATE_KINDS,
    STATES,
    TEXT_KINDS,
    reason_words,
)
from portal.reports.labels.desk import RELATIONS, refusal_words
from portal.reports.labels.doors import BEHALVES, CONSENT_WAYS, PROXY_RELATIONS
from portal.reports.labels.kinds import answer_rows, trade_words
from portal.reports.labels.outside import OUTSIDE_KINDS
from portal.reports.queries.answers import answers_of
from portal.reports.queries.case import EventRow
from portal.reports.queries.desk import TO_CHECK
from portal.reports.queries.doors import proxy_of
from portal.reports.queries.exchange import external_orders
from portal.reports.queries.neighbours import leads_to, parts_of
from portal.reports.queries.outside import outside_of
from portal.reports.queries.public import kinds
from portal.reports.queries.showing import ratings_for
from portal.reports.rules.codes import Event, PhotoKind, State, TextKind
from portal.reports.rules.desk import CLERK, is_clerk
from portal.reports.rules.transitions import SENT_BACK
from portal.reports.service.answers import audiences_of, codes_of_case
from portal.reports.service.batches import confirm_case, may_confirm
from portal.reports.service.desk import (
    DeskCase,
    identities_of,
    look_at_identity,
    map_of,
    open_case,
    photo_file,
)
from portal.reports.service.proposals import SORTED, Kinds, kinds_today, proposals_for
from portal.reports.views.blueprint import bp
from portal.reports.views.desk_batches import just_done
from portal.reports.views.desk_clock import stopped_clocks, time_of_case
from portal.reports.views.desk_queue import (
    case_url,
    in_queue,
    kept,
    left_in_words,
    next_address,
    queue_parts,
    queue_url,
)
from portal.reports.views.grid_panel import grid_panel
from portal.reports.views.links_panel import links_panel
from portal.reports.views.parts_panel import parts_panel
from portal.reports.views.supervision_panel import listing_steps, supervision_panel
from portal.satisfaction.labels import LEVELS, REASONS

# the steps a reader most likely came for, in order; the others follow below
MAIN = (
    Event.ACCEPT,
    Event.HANDLE,
    Event.CLOSE,
    Event.DISPATCH,
    Event.SEND_BACK,
    Event.REFUSE,
    Event.RESPOND,
    Event.FILE,
    Event.RETURN,
    Event.REFUSE_FILING,
    Event.RESUME,
    Event.CONFIRM_SOLVED,
    Event.DOUBT,
    Event.SETTLE,
)
REST = (
    Event.DISPATCH,
    Event.ASK,
    Event.EXTEND,
    Event.SUSPEND,
    Event.GRADE,
    Event.GRADE_DANGER,
    Event.MODERATE,
    Event.NOTE,
    Event.RECLASSIFY,
    Event.MERGE,
    Event.SPLIT,
    Event.SPLIT_OFF,
    Event.ESCALATE,
    Event.RESOLVE,
    Event.HAND_OVER,
    Event.OUTSIDE_ANSWER,
    Event.TAKE_BACK,
    Event.VOID,
)


def case_here(number: str) -> DeskCase:
    """The case in the address, as the reader may see it, or 404."""
    known = clean_number(number)
    if known is None:
        raise Missing
    return open_case(reading(), known, current_actor(), now())


@bp.get("/desk/cases/<number>")
@requires(Permission.DESK_OPEN)
def desk_case(number: str) -> ResponseReturnValue:
    """Everything about one case, beside its list if it was opened from one."""
    page = case_here(number)
    form = ConfirmForm()
    form.look_at(page.case.version)
    return render_template("reports/desk/case.html", form=form, **case_page(page))


@bp.post("/desk/cases/<number>/confirm")
@requires(CLERK)
def desk_confirm(number: str) -> ResponseReturnValue:
    """Take a case as proposed, by one key, and open the next of the list."""
    page, form = case_here(number), ConfirmForm()
    form.look_at(page.case.version)
    act = partial(_confirm, page, form)
    return answer(form, "reports/desk/case.html", act, **case_page(page))


def _confirm(page: DeskCase, form: ConfirmForm, session: Session) -> str:
    actor, moment = current_actor(), now()
    batch = confirm_case(session, actor, form.wish(page.case.number), now=moment)
    return next_address(session, actor, page.case, moment, done=batch)


def case_page(page: DeskCase) -> dict[str, Any]:
    """What the case's own page shows beyond its head."""
    actor, moment = current_actor(), now()
    beside = queue_parts(actor, moment, page.case) if in_queue() else {"rows": None}
    clerk = page.insider and page.case.state in SORTED and is_clerk(actor)
    kinds = beside.get("kinds_today") or (kinds_today(reading(), moment) if clerk else [])
    offered = _offered(page, kinds) if clerk else None
    return {
        **beside,
        **case_words(page),
        **_steps(page, confirms=bool(offered and offered["may_confirm"])),
        "offered": offered,
        "confirm_url": url_for("reports.desk_confirm", number=page.case.number, **kept()),
        "identity_url": url_for("reports.desk_identity", number=page.case.number, **kept()),
        "history": history(page),
        "pin": map_of(reading(), page),
        "blocked_words": say(page.blocked) if page.blocked else None,
        "clocks": stopped_clocks(page),
        **time_of_case(page),
        "identities": identities_of(reading(), page.case, actor, moment),
        "done": just_done(actor),
        **supervision_panel(page),
        **parts_panel(page),
        **grid_panel(page),
        **links_panel(page),
        "ratings": ratings_for(reading(), page.case, page.events, actor),
        "levels": LEVELS,
        "rating_reasons": REASONS,
        "refusal_words": refusal_words,
    }


def _steps(page: DeskCase, *, confirms: bool) -> dict[str, Any]:
    """What can be done next: the likely steps as buttons, the others below."""
    # what waits for a check is a main step; what was checked can still be changed below
    first = [*MAIN, Event.MODERATE] if page.unchecked else list(MAIN)
    if page.case.unit_id is not None:
        # giving it to another unit is possible, but not what is waited for
        first.remove(Event.DISPATCH)
    return {
        "main": [step for step in first if step in page.steps],
        "rest": [step for step in REST if step in page.steps and step not in first],
        "step_url": step_url,
        "confirms": confirms,
    }


def _offered(page: DeskCase, kinds: Kinds) -> dict[str, Any]:
    """The proposals, and whether one key may take them."""
    actor, case = current_actor(), page.case
    words = [text.text for text in page.texts if text.kind is TextKind.DESCRIPTION]
    returned = {e.unit_id for e in page.events if e.event is Event.RETURN and e.unit_id}
    found = proposals_for(reading(), case, words, returned, kinds, actor, now())
    unit_id = found.unit.unit_id if found.unit else None
    return {
        "found": found,
        "unit": found.units[unit_id] if unit_id else None,
        "may_confirm": bool(unit_id) and may_confirm(page.facts, page.who, unit_id),
        "kind": found.kind,
        "taken": found.kind.row.code if found.kind and found.kind.taken else "",
        "place": next(
            (p for p in page.places if found.unit and p.path == found.unit.place_path), None
        ),
    }


def step_url(page: DeskCase, event: str, **more: Any) -> str:
    """Where a step is taken."""
    endpoint = f"reports.desk_{Event(event).value}"
    return url_for(endpoint, number=page.case.number, **kept(), **more)


def case_words(page: DeskCase) -> dict[str, Any]:
    """What the head of a case needs, on its page and on the pages of its steps."""
    return {
        "page": page,
        "case": page.case,
        "actions": ACTIONS,
        "states": STATES,
        "kinds": STATE_KINDS,
        "reviews": REVIEWS,
        "sources": SOURCES,
        "relations": RELATIONS,
        "text_kinds": TEXT_KINDS,
        "reason_words": reason_words,
        "reported": sorted(
            (text for text in page.texts if text.kind in TO_CHECK),
            key=lambda text: TO_CHECK.index(text.kind),
        ),
        "before": [photo for photo in page.photos if photo.kind is PhotoKind.BEFORE],
        "after": [photo for photo in page.photos if photo.kind is PhotoKind.AFTER],
        "sent_back": page.case.state in SENT_BACK,
        "case_left": left_in_words(page.case, now(), late=page.late),
        "case_url": case_url,
        "queue_url": queue_url,
        "still_to_do": _still_to_do(page),
        "outside": outside_of(reading(), page.case),
        "outside_kinds": OUTSIDE_KINDS,
        **_orders(page),
        **kind_facts(page),
        **_family(page),
        **_door(page),
    }


def _orders(page: DeskCase) -> dict[str, Any]:
    """The order it was made of, and those of callers who joined it."""
    own, joined = external_orders(reading(), page.case)
    return {"external": own, "joined_orders": joined}


def _door(page: DeskCase) -> dict[str, Any]:
    """Who typed it in for whom, for the desk alone: a unit learns nothing of the resident."""
    return {
        "proxy": proxy_of(reading(), page.case) if page.insider else None,
        "behalves": BEHALVES,
        "proxy_relations": PROXY_RELATIONS,
        "consent_ways": CONSENT_WAYS,
    }


def kind_facts(page: DeskCase) -> dict[str, Any]:
    """What was answered beyond words, what the trade calls it, and how dangerous it is."""
    session, case = reading(), page.case
    audiences = audiences_of(current_actor(), case, insider=page.insider)
    answers = answers_of(session, case, audiences, to_unit=not page.insider)
    grades = [e.reason_code for e in page.events if e.event is Event.GRADE_DANGER]
    return {
        "answers": answer_rows(answers),
        "trade": trade_words(codes_of_case(session, case)),
        "severity": reason_words(grades[-1]) if grades else None,
    }


def _family(page: DeskCase) -> dict[str, Any]:
    """Which case it became part of, and which ones became part of it."""
    merged = page.case.state is State.MERGED
    return {
        "part_of": leads_to(reading(), page.case).number if merged else None,
        "parts": [] if merged else [part.number for part in parts_of(reading(), page.case)],
    }


def _still_to_do(page: DeskCase) -> str:
    """The words that came with the last sending back, whoever sent it."""
    backs = [e.id for e in page.events if e.event in {Event.SEND_BACK, Event.REOPEN}]
    found = [text.text for text in page.texts if backs and text.event_id == backs[-1]]
    return "\n".join(found) if page.case.state in SENT_BACK else ""


# steps that are said with their unit
_NAMING = frozenset({Event.DISPATCH, Event.RETURN, Event.HANDLE, Event.RESOLVE})


@dataclass(frozen=True)
class Step:
    """One line of the history as ui/timeline.html draws it."""

    at: datetime
    title: str
    text: str
    photos: list[str] = field(default_factory=list)


def history(page: DeskCase) -> list[Step]:
    """The history in words, newest first: with names for the desk, without them for a unit."""
    names = kinds(reading()) if any(e.event is Event.RECLASSIFY for e in page.events) else {}
    changed = {code: in_words(kind.names) for code, kind in names.items()}
    steps = [_step(page, event, changed) for event in page.events]
    steps += [Step(at, title, text) for at, title, text in listing_steps(page)]
    # what was listed in the moment of a step comes after it
    return sorted(steps, key=lambda step: step.at)[::-1]


def _step(page: DeskCase, event: EventRow, changed: dict[str, str]) -> Step:
    words = (DESK_EVENTS if page.insider else EVENTS)[event.event]
    title = str(words)
    unit = page.units.get(event.unit_id) if event.unit_id else None
    if unit is not None and event.event in _NAMING:
        title = _("%(what)s: %(value)s", what=title, value=in_words(unit.names))
    lines = [_why(page, event, changed)]
    lines += [
        text.text for text in page.texts if text.event_id == event.id and text.kind not in TO_CHECK
    ]
    person = page.people.get(event.actor_id) if event.actor_id else None
    lines.append(_("By %(name)s", name=person.display_name) if person else "")
    photos = [
        url_for("reports.desk_photo", code=photo.code, size="small")
        for photo in page.photos
        if photo.event_id == event.id and event.event is not Event.REPORT
    ]
    return Step(event.at, title, "\n".join(line for line in lines if line), photos)


def _why(page: DeskCase, event: EventRow, changed: dict[str, str]) -> str:
    """The reason; never that of a sending back to the unit (it reads the same for every cause)."""
    if event.event is Event.RECLASSIFY:
        return changed.get(event.reason_code or "", "")
    if event.event is Event.SEND_BACK and not page.insider:
        return ""
    return reason_words(event.reason_code)


@bp.get("/desk/photos/<code>")
@requires(Permission.DESK_OPEN)
def desk_photo(code: str) -> ResponseReturnValue:
    """A photo for staff, also before the public may see it."""
    small = request.args.get("size") == "small"
    uncovered = request.args.get("uncovered") == "1"
    key = photo_file(reading(), code, current_actor(), small=small, uncovered=uncovered)
    try:
        content = instance().blobs.open(key)
    except KeyError as error:
        raise Missing from error
    response = send_file(BytesIO(content), mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.route("/desk/cases/<number>/identity", methods=["GET", "POST"])
@requires(Permission.IDENTITY_SEE)
def desk_identity(number: str) -> ResponseReturnValue:
    """State why, and see who reported for ten minutes. Every look is logged."""
    page, form = case_here(number), IdentityForm()
    form.look_at(page.case.version)
    back = url_for("reports.desk_case", number=page.case.number, **kept(), _anchor="identity")
    return answer(
        form,
        "reports/desk/identity.html",
        lambda writer: _then(_look(writer, page, form), back),
        **case_words(page),
    )


def _look(writer: Any, page: DeskCase, form: StepForm) -> object:
    why = form.text("words")
    return look_at_identity(writer, page.case, current_actor(), reason=why, now=now())


def _then(_done: object, url: str) -> str:
    return url

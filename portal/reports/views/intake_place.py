"""Where it is: by the photo, words, short lists, a map, numbers or the device's position."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import public
from portal.areas.queries import AreaRow, area_by_code, locate, root_areas
from portal.areas.rules import codes_of
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Refused
from portal.kernel.geo import System
from portal.kernel.i18n import in_words
from portal.kernel.web import Session, instance, reading
from portal.reports.forms.intake import PlaceStep, PointStep
from portal.reports.queries.likely import busiest_first
from portal.reports.queries.overlay import overlay_of
from portal.reports.queries.places import (
    Choice,
    city_frame,
    places_for_words,
    with_places_above,
)
from portal.reports.queries.zones import zones_of
from portal.reports.rules.choosing import CHOICES_A_PAGE, short_pages
from portal.reports.rules.intake import (
    MOST_PLACE_WORDS,
    IntakeRefusal,
    ReportAnswers,
    Step,
)
from portal.reports.rules.place_map import SIZE, ZOOM, Frame, read_frame
from portal.reports.rules.zones import DASHES, Zone, zones_at
from portal.reports.service.places import (
    choose_area,
    choose_point,
    choose_words,
    finer_places,
    map_picture,
    photo_place,
    typed_point,
    with_words,
)
from portal.reports.views.blueprint import bp
from portal.reports.views.draft_session import ask, current_draft, in_draft, page_asked, page_of

PHOTO, KEEP, STAY = "photo", "keep", "stay"
PLACE_COOKIE, MOST_CODE = "place", 40
STREET_VIEW, TOWN_VIEW = 0.02, 0.15


@bp.route("/reports/new/place", methods=["GET", "POST"])
@public
@in_draft
def place() -> ResponseReturnValue:
    """The likely place, a name in words, the streets; and the ways to the other pages."""
    form = PlaceStep()
    typed = (form.where.data or "")[:MOST_PLACE_WORDS]

    def changes(session: Session) -> Mapping[str, Any]:
        return with_words(session, _pressed(session, form), typed, current_draft().answers)

    return ask(
        Step.PLACE, form, "reports/new/place.html", changes, go_on=_finer_or(form),
        found=places_for_words(reading(), typed), **_offered(),
    )  # fmt: skip


def _offered() -> dict[str, Any]:
    """What is offered before anything is typed: the likely places, then the streets."""
    photo = photo_place(reading(), current_draft(), now())
    chosen, above = _chosen(), _above(None)
    streets = finer_places(reading(), above.code if above else None)
    busiest = busiest_first(reading(), streets, now())[: CHOICES_A_PAGE - 1]
    last = _last_place(chosen)
    # likely places have the first page for themselves
    before: list[list[AreaRow]] = [[]] if photo or chosen or last else []
    page, pages = page_asked([*before, *short_pages(busiest, streets)])
    return {
        "photo": with_places_above(reading(), [photo[1]])[0] if photo else None,
        "chosen": chosen,
        "last": last,
        "streets": streets,
        "page": page,
        "pages": pages,
    }


def _last_place(chosen: Choice | None) -> Choice | None:
    """The place this browser looked at last, unless it is the chosen one."""
    code = request.cookies.get(PLACE_COOKIE, "")[:MOST_CODE]
    area = area_by_code(reading(), code) if code else None
    if area is None or area.valid_to is not None or not area.parent_path:
        return None
    if chosen and chosen.area.code == area.code:
        return None
    return with_places_above(reading(), [area])[0]


def _pressed(session: Session, form: PlaceStep) -> Mapping[str, Any]:
    """What the button that was pressed means."""
    draft = current_draft()
    if form.use.data == PHOTO:
        found = photo_place(session, draft, now())
        if found is None:
            raise Refused(IntakeRefusal.NO_PLACE, field="where")
        return choose_point(session, found[0], field="where")
    if form.more.data or (form.use.data == KEEP and draft.answers.area_code):
        return {}
    code = form.area.data or form.street.data
    if code:
        return choose_area(session, code, draft.answers, field="where")
    if form.point.data:
        point = typed_point(form.point.data, form.system.data or "")
        return choose_point(session, point, field="point")
    return choose_words(session, form.where.data or "", draft.answers)


def _finer_or(form: PlaceStep) -> Any:
    """After a street of the list come its communities, unless that is all the person knows.

    Who typed a name, or pressed one of those that fit, is taken at her word.
    """

    def go_on(session: Session, following: Step, answers: ReportAnswers) -> str:
        if form.more.data:
            return url_for("reports.place", page=form.more.data)
        code, exact = answers.area_code, form.use.data or form.area.data or form.where.data
        asked = form.street.data or not exact
        if asked and code and finer_places(session, code):
            return url_for("reports.place_list", under=code)
        return page_of(following)

    return go_on


def _chosen() -> Choice | None:
    """The place in the draft."""
    code = current_draft().answers.area_code
    area = area_by_code(reading(), code) if code else None
    return with_places_above(reading(), [area])[0] if area else None


@bp.route("/reports/new/place/list", methods=["GET", "POST"])
@public
@in_draft
def place_list() -> ResponseReturnValue:
    """Short lists: street, community, grid."""
    form, above = PlaceStep(), _above(request.args.get("under"))

    def changes(session: Session) -> Mapping[str, Any]:
        code = above.code if above and form.use.data == STAY else form.street.data
        if not code:
            raise Refused(IntakeRefusal.NO_PLACE, field="area")
        return choose_area(session, code, current_draft().answers, field="area")

    context = _listed(above)
    go_on = _finer_or(form)
    return ask(Step.PLACE, form, "reports/new/place_list.html", changes, go_on=go_on, **context)


def _listed(above: AreaRow | None) -> dict[str, Any]:
    """The places of the next list, whole and in short pages."""
    finer = finer_places(reading(), above.code if above else None)
    page, pages = page_asked(short_pages([], finer))
    choice = with_places_above(reading(), [above])[0] if above else None
    return {"above": choice, "finer": finer, "page": page, "pages": pages}


def _above(code: str | None) -> AreaRow | None:
    """The place whose list is shown: the one asked for, or the city when there is but one."""
    asked = area_by_code(reading(), code) if code else None
    if asked is not None and asked.valid_to is None:
        return asked
    roots = root_areas(reading())
    return roots[0] if len(roots) == 1 else None


@bp.route("/reports/new/place/point", methods=["GET", "POST"])
@public
@in_draft
def place_point() -> ResponseReturnValue:
    """Typed coordinates, in the system of whatever showed them."""
    form = PointStep()

    def changes(session: Session) -> Mapping[str, Any]:
        point = typed_point(form.point.data or "", form.system.data or "")
        return choose_point(session, point, field="point")

    return ask(Step.PLACE, form, "reports/new/place_point.html", changes, go_on=_finer_or(form))


@bp.route("/reports/new/place/map", methods=["GET", "POST"])
@public
@in_draft
def place_map() -> ResponseReturnValue:
    """A map to point at, drawn as a picture: each press comes closer."""
    frame = _frame()
    if frame is None:
        return redirect(url_for("reports.place_list"), 303)
    form = PlaceStep()

    def changes(session: Session) -> Mapping[str, Any]:
        point = typed_point(form.point.data or "", System.WGS84)
        return choose_point(session, point, field="point")

    page, go_on = "reports/new/place_map.html", _finer_or(form)
    return ask(Step.PLACE, form, page, changes, go_on=go_on, **_shown_in(frame))


def _shown_in(frame: Frame) -> dict[str, Any]:
    """The picture's frame and its moves; in words what lies and what holds under the cross."""
    here = _here(frame)
    return {
        "frame": frame,
        "size": SIZE,
        "moves": _moves(frame),
        "here": here,
        "overlay": overlay_of(reading(), _today()),
        "dashes": DASHES,
        "zones_here": _zones_here(frame, here),
    }


def _today() -> date:
    return city_day(now(), instance().city.zone)


def _zones_here(frame: Frame, here: Choice | None) -> list[Zone]:
    """The zones with rules that hold at the cross: the picture in words."""
    codes = codes_of(here.area.path) if here else ()
    return zones_at(zones_of(reading()), codes, (frame.lon, frame.lat), _today())


def _here(frame: Frame) -> Choice | None:
    """What lies under the cross."""
    area = locate(reading(), frame.lon, frame.lat)
    return with_places_above(reading(), [area])[0] if area else None


def _asked_frame() -> Frame | None:
    """The part of the map that the address names."""
    given = request.args
    return read_frame(given.get("lon", ""), given.get("lat", ""), given.get("span", ""))


def _frame() -> Frame | None:
    """The part of the map asked for, pressed on or chosen before; else the whole city."""
    given, asked = request.args, _asked_frame()
    if asked is not None:
        x, y = given.get("pick.x", 0, int), given.get("pick.y", 0, int)
        if "pick.x" not in given:
            return asked
        # a press by the keyboard comes as 0, 0: then only closer
        inside = (x or y) and 0 <= x <= SIZE and 0 <= y <= SIZE
        middle = asked.point_at(x, y) if inside else (asked.lon, asked.lat)
        return asked.zoomed(*middle, 1 / ZOOM)
    point = current_draft().answers.point
    if point is not None:
        return Frame(*point, STREET_VIEW)
    chosen = _chosen()
    if chosen and chosen.area.lon is not None and chosen.area.lat is not None:
        return Frame(chosen.area.lon, chosen.area.lat, TOWN_VIEW)
    return city_frame(reading())


def _moves(frame: Frame) -> dict[str, dict[str, str]]:
    """Where the links around the map lead: the way of pointing without a finger."""
    moved = {
        "closer": frame.zoomed(frame.lon, frame.lat, 1 / ZOOM),
        "wider": frame.zoomed(frame.lon, frame.lat, ZOOM),
        "north": frame.moved(0, 0.25),
        "west": frame.moved(-0.25, 0),
        "east": frame.moved(0.25, 0),
        "south": frame.moved(0, -0.25),
    }
    return {name: _address(target) for name, target in moved.items()}


def _address(frame: Frame) -> dict[str, str]:
    return {"lon": f"{frame.lon:.6f}", "lat": f"{frame.lat:.6f}", "span": f"{frame.span:.5f}"}


@bp.app_template_filter("frame_address")
def frame_address(frame: Frame) -> dict[str, str]:
    """A frame as the arguments of an address."""
    return _address(frame)


@bp.get("/reports/new/place/map.svg")
@public
def place_map_picture() -> ResponseReturnValue:
    """The picture of the map."""
    frame = _asked_frame()
    if frame is None:
        return Response(status=404)
    picture = map_picture(reading(), frame, _today(), in_words)
    return Response(
        picture, mimetype="image/svg+xml", headers={"Cache-Control": "private, max-age=600"}
    )


def place_of_link(session: Session, answers: ReportAnswers) -> Mapping[str, Any]:
    """The place that the address of the first page names, by its code, a point and words.

    What cannot be read is left out: the page of places asks for it then.
    """
    given = request.args
    code, words = given.get("place", "")[:MOST_CODE], given.get("where", "")[:MOST_PLACE_WORDS]
    if not code:
        return {}
    try:
        changes = choose_area(session, code, answers, field="photos")
        if typed := given.get("point", "")[:60]:
            point = typed_point(typed, System.WGS84)
            changes = {**changes, **choose_point(session, point, field="photos")}
    except Refused:
        return {}
    return {**changes, "place_words": words} if words else changes

"""Where it is: by the photo, words, short lists, a map, numbers or the device's position."""

from collections.abc import Mapping
from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import public
from portal.areas.queries import AreaRow, area_by_code, locate, root_areas
from portal.kernel.clock import now
from portal.kernel.errors import Refused
from portal.kernel.geo import System
from portal.kernel.i18n import in_words
from portal.kernel.web import Session, reading
from portal.reports.forms.intake import PlaceStep, PointStep
from portal.reports.queries.places import (
    Choice,
    city_frame,
    names_for,
    outlines_for,
    places_for_words,
    with_places_above,
)
from portal.reports.rules.intake import (
    MOST_PLACE_WORDS,
    IntakeRefusal,
    ReportAnswers,
    Step,
)
from portal.reports.rules.place_map import SIZE, ZOOM, Frame, Label, draw, read_frame
from portal.reports.service.places import (
    choose_area,
    choose_point,
    finer_places,
    photo_place,
    typed_point,
)
from portal.reports.views.blueprint import bp
from portal.reports.views.draft_session import ask, current_draft, in_draft, page_of

PHOTO, KEEP, WORDS, STAY = "photo", "keep", "words", "stay"
STREET_VIEW, TOWN_VIEW = 0.02, 0.15


@bp.route("/reports/new/place", methods=["GET", "POST"])
@public
@in_draft
def place() -> ResponseReturnValue:
    """The photo's place, the device's position, a name; and the ways to the other pages."""
    form, typed = PlaceStep(), request.args.get("q", "")[:MOST_PLACE_WORDS]
    photo = photo_place(reading(), current_draft(), now())

    def changes(session: Session) -> Mapping[str, Any]:
        return _pressed(session, form, typed)

    return ask(
        Step.PLACE, form, "reports/new/place.html", changes, go_on=_finer_or(form),
        typed=typed, found=places_for_words(reading(), typed), chosen=_chosen(),
        photo=with_places_above(reading(), [photo[1]])[0] if photo else None,
    )  # fmt: skip


def _pressed(session: Session, form: PlaceStep, typed: str) -> Mapping[str, Any]:
    """What the button that was pressed means."""
    draft = current_draft()
    if form.use.data == PHOTO:
        found = photo_place(session, draft, now())
        if found is None:
            raise Refused(IntakeRefusal.NO_PLACE, field="area")
        return choose_point(session, found[0], field="area")
    if form.use.data == WORDS:
        return {"place_words": typed}
    if form.use.data == KEEP and draft.answers.area_code:
        return {}
    if form.area.data:
        return choose_area(session, form.area.data, draft.answers, field="area")
    if form.point.data:
        point = typed_point(form.point.data, form.system.data or "")
        return choose_point(session, point, field="point")
    raise Refused(IntakeRefusal.NO_PLACE, field="area")


def _finer_or(form: PlaceStep) -> Any:
    """After a street comes the list of its communities, unless that is all the person knows."""

    def go_on(session: Session, following: Step, answers: ReportAnswers) -> str:
        if form.use.data == WORDS:
            return url_for("reports.place_list")
        code = answers.area_code
        if form.use.data != STAY and code and finer_places(session, code):
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
    finer = finer_places(reading(), above.code if above else None)

    def changes(session: Session) -> Mapping[str, Any]:
        code = above.code if above and form.use.data == STAY else form.area.data
        if not code:
            raise Refused(IntakeRefusal.NO_PLACE, field="area")
        return choose_area(session, code, current_draft().answers, field="area")

    return ask(
        Step.PLACE, form, "reports/new/place_list.html", changes, go_on=_finer_or(form),
        above=with_places_above(reading(), [above])[0] if above else None, finer=finer,
    )  # fmt: skip


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

    context = {"frame": frame, "size": SIZE, "moves": _moves(frame), "here": _here(frame)}
    return ask(
        Step.PLACE, form, "reports/new/place_map.html", changes, go_on=_finer_or(form), **context
    )


def _here(frame: Frame) -> Choice | None:
    """What lies under the cross."""
    area = locate(reading(), frame.lon, frame.lat)
    return with_places_above(reading(), [area])[0] if area else None


def _frame() -> Frame | None:
    """The part of the map asked for, pressed on or chosen before; else the whole city."""
    given = request.args
    asked = read_frame(given.get("lon", ""), given.get("lat", ""), given.get("span", ""))
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
    given = request.args
    frame = read_frame(given.get("lon", ""), given.get("lat", ""), given.get("span", ""))
    if frame is None:
        return Response(status=404)
    labels = [
        Label(area.lon or 0, area.lat or 0, in_words(area.names))
        for area in names_for(reading(), frame)
    ]
    picture = draw(frame, outlines_for(reading(), frame), labels)
    return Response(
        picture, mimetype="image/svg+xml", headers={"Cache-Control": "private, max-age=600"}
    )

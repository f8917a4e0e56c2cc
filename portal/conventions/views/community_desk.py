"""A community at the desk: its station, heads and their errands, organisations."""

from collections.abc import Callable
from typing import Any, Final

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.areas.queries import areas_by_codes, areas_by_ids, children_of, root_areas
from portal.areas.rules import codes_of
from portal.conventions.forms.community import (
    BodyForm,
    EndForm,
    ErrandForm,
    HeadForm,
    StationForm,
    station_data,
)
from portal.conventions.forms.texts import SureForm
from portal.conventions.labels.community import BODIES, ERRANDS, NOTICES, OUTCOMES, ROLES
from portal.conventions.queries.board import notices_at_desk, services_of, sheets_of, stops_of
from portal.conventions.queries.community import (
    bodies_of,
    errands_open,
    heads_of,
    stations_at,
)
from portal.conventions.queries.estates import estates_of
from portal.conventions.service.errands import give_errand
from portal.conventions.service.places import (
    MANAGE,
    add_body,
    add_head,
    body_here,
    end_body,
    end_head,
    head_here,
    hide_head_name,
    place_here,
    save_station,
)
from portal.conventions.views.blueprint import bp
from portal.conventions.views.communities import governing, today
from portal.kernel.clock import now
from portal.kernel.forms import Form
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from portal.kernel.words import Words

FOLDER: Final = "conventions/communities/desk"
SAVED: Final = _l("Saved.")
NO_NAME: Final = _l("Show her name no more")
MOST_PLACES: Final = 200
LABELS: Final = {
    "roles": ROLES, "bodies": BODIES, "notices_words": NOTICES, "outcomes": OUTCOMES,
    "states": ERRANDS,
}  # fmt: skip


def form_page(
    form: Form, act: Callable[[Session], Any], title: Words, code: str, **more: Any
) -> ResponseReturnValue:
    """One form of a community; after it, the community's page at the desk."""

    def done(session: Session) -> str:
        act(session)
        return url_for("conventions.desk_community", code=code)

    place = areas_by_codes(reading(), [code]).get(code)
    return answer(
        form, f"{FOLDER}/form.html", done, thanks=SAVED, title=title, code=code, place=place, **more
    )  # fmt: skip


@bp.get("/desk/communities/")
@requires(MANAGE)
def desk_communities() -> ResponseReturnValue:
    """The places I look after, and what is directly below each."""
    paths = current_actor().places_for(MANAGE)
    tops = (
        root_areas(reading())
        if paths is None
        else list(areas_by_codes(reading(), [codes_of(path)[-1] for path in paths]).values())
    )
    rows = [(top, governing(children_of(reading(), top.code))) for top in tops[:10]]
    return render_template(f"{FOLDER}/list.html", rows=rows)


@bp.get("/desk/communities/<code>")
@requires(MANAGE)
def desk_community(code: str) -> ResponseReturnValue:
    """Everything that can be kept for a community."""
    area = place_here(reading(), current_actor(), code)
    return render_template(
        f"{FOLDER}/one.html", area=area, form=SureForm(), on=today(),
        below=governing(children_of(reading(), area.code))[:MOST_PLACES],
        station=stations_at(reading(), [area.id]).get(area.id),
        heads=heads_of(reading(), area.id, names=True), bodies_here=bodies_of(reading(), area.id),
        errands=errands_open(reading(), area.id), notices=notices_at_desk(reading(), area.id)[:20],
        sheets=sheets_of(reading(), area.id), stops=stops_of(reading(), area.id, now()),
        estates=estates_of(reading(), area.id),
        services=services_of(reading(), area.id), **LABELS,
    )  # fmt: skip


@bp.route("/desk/communities/<code>/station", methods=["GET", "POST"])
@requires(MANAGE)
def desk_station(code: str) -> ResponseReturnValue:
    """Set up the station, or change it."""
    area = place_here(reading(), current_actor(), code)
    form = StationForm(data=station_data(stations_at(reading(), [area.id]).get(area.id)))

    def act(session: Session) -> None:
        save_station(session, current_actor(), area.code, form.wish(), now=now())

    return form_page(form, act, _l("Self-government station"), area.code)


@bp.route("/desk/communities/<code>/heads/new", methods=["GET", "POST"])
@requires(MANAGE)
def desk_head_new(code: str) -> ResponseReturnValue:
    """Enter a head."""
    area, form = place_here(reading(), current_actor(), code), HeadForm()

    def act(session: Session) -> None:
        add_head(session, current_actor(), area.code, form.wish(), now=now())

    return form_page(form, act, _l("Enter a head"), area.code)


@bp.route("/desk/heads/<number>/end", methods=["GET", "POST"])
@requires(MANAGE)
def desk_head_end(number: str) -> ResponseReturnValue:
    """Let a term end."""
    row = head_here(reading(), current_actor(), number)
    form = EndForm(data={"ends_on": row.ends_on or today()})

    def act(session: Session) -> None:
        end_head(session, current_actor(), row.number, form.ends_on.data, now=now())

    return form_page(form, act, _l("End of the term"), place_code(row), about=row.covers)


@bp.route("/desk/heads/<number>/hide", methods=["GET", "POST"])
@requires(MANAGE)
def desk_head_hide(number: str) -> ResponseReturnValue:
    """She took her consent back: her name is shown no more."""
    row, form = head_here(reading(), current_actor(), number), SureForm()

    def act(session: Session) -> None:
        hide_head_name(session, current_actor(), row.number, now=now())

    return form_page(form, act, NO_NAME, place_code(row), about=row.covers)


def place_code(row: Any) -> str:
    """The code of the place where something stands."""
    return str(areas_by_ids(reading(), [row.area_id])[row.area_id].code)


@bp.route("/desk/heads/<number>/errand", methods=["GET", "POST"])
@requires(MANAGE)
def desk_errand_new(number: str) -> ResponseReturnValue:
    """Give a head something to do."""
    row, form = head_here(reading(), current_actor(), number), ErrandForm()

    def act(session: Session) -> None:
        words, due_on = form.words.data or "", form.due_on.data
        give_errand(session, current_actor(), row.number, words, due_on, now=now())

    return form_page(form, act, _l("Give a task"), place_code(row), about=row.covers)


@bp.route("/desk/communities/<code>/bodies/new", methods=["GET", "POST"])
@requires(MANAGE)
def desk_body_new(code: str) -> ResponseReturnValue:
    """Enter an organisation of residents."""
    area, form = place_here(reading(), current_actor(), code), BodyForm()

    def act(session: Session) -> None:
        add_body(session, current_actor(), area.code, form.wish(), now=now())

    return form_page(form, act, _l("Enter an organisation"), area.code)


@bp.route("/desk/bodies/<number>/end", methods=["GET", "POST"])
@requires(MANAGE)
def desk_body_end(number: str) -> ResponseReturnValue:
    """It was dissolved."""
    row, form = body_here(reading(), current_actor(), number), SureForm()

    def act(session: Session) -> None:
        end_body(session, current_actor(), row.number, now=now())

    return form_page(form, act, _l("It was dissolved"), place_code(row), about=row.title)

"""Where the code on a plaque leads. It only reads: signing is done elsewhere, after sign-in."""

from typing import Any

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue

from pledges.labels.clauses import AXES
from pledges.labels.inspections import SIDES
from pledges.labels.lists import LISTS
from pledges.labels.standing import standing_words
from pledges.queries.photos import public_photos
from pledges.queries.plaques import Hanging, bindings_of, clauses_of, plaque_by_code
from pledges.queries.shop_page import ShopFacts, shop_by_code
from pledges.rules.plaques import BindingEnd, PlaqueState
from pledges.rules.premises import PremisesState
from pledges.rules.sketch import sketch
from pledges.service.plaques import REGISTER
from pledges.views.blueprint import bp
from portal.accounts.access import current_actor, public
from portal.areas.rules import codes_of
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing
from portal.kernel.ids import clean_number
from portal.kernel.qr import qr_png
from portal.kernel.web import instance, reading

MOST_TYPED = 40
OLD = frozenset({PlaqueState.REPLACED, PlaqueState.WITHDRAWN})


@bp.get("/p/<code>")
@public
def plaque(code: str) -> ResponseReturnValue:
    """The shop behind a plaque; an old plaque says what became of it (410), a wrong code why."""
    number = clean_number(code[:MOST_TYPED])
    today = city_day(now(), instance().city.zone)
    found = shop_by_code(reading(), number, today) if number else None
    if found is None:
        return render_template("pledges/plaques/unknown.html", readable=bool(number)), 404
    row, facts = found
    page, status = _instead(row)
    if page:
        return render_template(f"pledges/plaques/{page}.html", row=row, **_staff(row)), status
    return render_template("pledges/plaques/show.html", **shop_page(row, facts))


def _instead(row: Hanging) -> tuple[str, int]:
    """The page that stands for that of a shop, and its status; none where the plaque is good."""
    if row.state in OLD:
        return "gone" if _went_with_its_place(row) else "old", 410
    if row.number is None:
        return "unbound", 200
    return ("gone", 410) if row.premises_state is PremisesState.GONE else ("", 200)


def shop_page(row: Hanging, facts: ShopFacts) -> dict[str, Any]:
    """What the page of a shop shows."""
    return {"row": row, **_pledged(row, facts), **_staff(row)}


def _went_with_its_place(row: Hanging) -> bool:
    """Whether it was withdrawn because the place at whose door it hung is no longer there."""
    if row.state is not PlaqueState.WITHDRAWN:
        return False
    last = next(iter(bindings_of(reading(), row.code)), None)
    return last is not None and last.ended_why is BindingEnd.PREMISES_GONE


def _pledged(row: Hanging, facts: ShopFacts) -> dict[str, Any]:
    """What is in force at the door of a plaque."""
    pledge = facts.pledge
    return {
        "pledge": pledge,
        "facts": facts,
        "said": standing_words(facts.standing),
        "list_names": LISTS,
        "photos": public_photos(reading(), facts.put_right) if facts.put_right else [],
        "sides": SIDES,
        "clauses": clauses_of(reading(), row.district, pledge.id) if pledge else [],
        "axes": AXES,
        "drawn": sketch(row.duty_geojson, row.lon, row.lat),
        "report": url_for("reports.new_report", **_here(row)),
        "speaks": row.speaker_id is not None and row.speaker_id == current_actor().person_id,
    }


def _here(row: Hanging) -> dict[str, Any]:
    """The place of a door, for the report form."""
    given: dict[str, Any] = {
        "place": codes_of(row.place_path or "")[-1],
        "where": f"{row.road}{row.door}",
    }
    if row.lon is not None and row.lat is not None:
        given["point"] = f"{row.lon:.6f}, {row.lat:.6f}"
    return given


def _staff(row: Hanging) -> dict[str, Any]:
    """What the page offers besides: a way in, or to the desk for whoever looks after it."""
    actor = current_actor()
    return {
        "signed_in": actor.signed_in,
        "keeps": actor.may(REGISTER, place_path=row.place_path or row.batch_path),
    }


@bp.get("/p/<code>/code.png")
@public
def plaque_picture(code: str) -> ResponseReturnValue:
    """The code of a plaque in use as a picture, so that a long press on a telephone reads it."""
    row = plaque_by_code(reading(), clean_number(code[:MOST_TYPED]) or "")
    if row is None or row.state in OLD:
        raise Missing
    headers = {"Cache-Control": "public, no-cache"}
    return Response(qr_png(address_of(row.code)), mimetype="image/png", headers=headers)


def address_of(code: str) -> str:
    """What is printed in a plaque's QR code: the public address."""
    return f"{instance().config.origin}{url_for('pledges.plaque', code=code)}"

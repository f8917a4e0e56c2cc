"""Pages for those who keep the places."""

import json
from functools import partial
from typing import Any
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Permission
from portal.areas import service
from portal.areas.queries import (
    AreaRow,
    ancestors,
    area_by_code,
    areas_by_codes,
    card_of,
    children_of,
    find_areas,
    outline_of,
    permitted_in,
    root_areas,
    switches_for,
)
from portal.areas.rules import Feature, Keeper, PermittedKind, Tag, codes_of
from portal.kernel.clock import now
from portal.kernel.drawing import draw
from portal.kernel.errors import Forbidden, Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import hash_token
from portal.kernel.pages import answer
from portal.kernel.web import instance, reading
from portal.site.places.forms import (
    AddPlaceForm,
    CardForm,
    DayForm,
    EditPlaceForm,
    OutlineForm,
    PermittedForm,
    SwitchForm,
)
from portal.site.places.public import FOUND_AT_MOST, bp, today, typed_search
from portal.site.places.words import level_name

DONE = _l("Saved.")
EDIT = ["GET", "POST"]


def keeper() -> Keeper:
    """Whoever asks, as a keeper of places."""
    actor = current_actor()
    return Keeper(actor.person_id, actor.places_for(Permission.AREA_MANAGE))


def kept(code: str) -> AreaRow:
    """A place that whoever asks may change. Raises Missing or Forbidden."""
    area = area_by_code(reading(), code)
    if area is None:
        raise Missing
    if not keeper().keeps(area.path):
        raise Forbidden
    return area


def _home(code: str) -> str:
    return url_for("places.admin_place", code=code)


@bp.get("/admin/places/")
@requires(Permission.AREA_MANAGE)
def admin_index() -> ResponseReturnValue:
    """The places one keeps: search, or walk down."""
    session, words, paths = reading(), typed_search(), keeper().paths
    found = [row for row in find_areas(session, words, FOUND_AT_MOST) if keeper().keeps(row.path)]
    tops = root_areas(session)
    if paths is not None:
        tops = list(areas_by_codes(session, [codes_of(path)[-1] for path in paths]).values())
    return render_template("places/admin/index.html", words=words, found=found, tops=tops)


@bp.get("/admin/places/<code>")
@requires(Permission.AREA_MANAGE)
def admin_place(code: str) -> ResponseReturnValue:
    """One place with everything that can be changed about it."""
    area, session = kept(code), reading()
    outline = outline_of(session, area.id)
    return render_template(
        "places/admin/place.html", area=area, above=ancestors(session, area.path)[:-1],
        card=card_of(session, area.id), children=children_of(session, code),
        drawing=draw([(code, outline)]) if outline else None,
        permitted=_permitted(area), switches=switches_for(session, area.path), on=today(),
    )  # fmt: skip


@bp.route("/admin/places/<code>/edit", methods=EDIT)
@requires(Permission.AREA_MANAGE)
def edit_place(code: str) -> ResponseReturnValue:
    """Names, tags, dates, successor."""
    area = kept(code)
    form = EditPlaceForm(data=_shown(area))
    return answer(
        form, "places/admin/edit.html", partial(_edit, form, code), thanks=DONE, area=area
    )


def _shown(area: AreaRow) -> dict[str, Any]:
    names = {f"name_{language.lower()}": name for language, name in area.names.items()}
    return names | {
        "tags": [tag.value for tag in area.tags],
        "valid_from": area.valid_from,
        "valid_to": area.valid_to,
        "successor_code": area.successor_code,
        "seen": service.fingerprint(area),
    }


def _edit(form: EditPlaceForm, code: str, session: Session) -> str:
    service.edit_area(
        session, keeper(), code, seen=form.seen.data or "", names=form.names(),
        tags=[Tag(tag) for tag in form.tags.data or ()], valid_from=form.valid_from.data,
        valid_to=form.valid_to.data, successor_code=form.successor_code.data or None, now=now(),
    )  # fmt: skip
    return _home(code)


@bp.route("/admin/places/<code>/card", methods=EDIT)
@requires(Permission.AREA_MANAGE)
def edit_card(code: str) -> ResponseReturnValue:
    """The grid card."""
    area = kept(code)
    form = CardForm(obj=card_of(reading(), area.id))
    return answer(
        form, "places/admin/card.html", partial(_card, form, code), thanks=DONE, area=area
    )


def _card(form: CardForm, code: str, session: Session) -> str:
    service.save_card(
        session, keeper(), code, objects=form.objects.data, standards=form.standards.data,
        responsible=form.responsible.data, duty_phone=form.duty_phone.data, now=now(),
    )  # fmt: skip
    return _home(code)


@bp.route("/admin/places/<code>/outline", methods=EDIT)
@requires(Permission.AREA_MANAGE)
def edit_outline(code: str) -> ResponseReturnValue:
    """The outline, pasted or typed."""
    area = kept(code)
    present = outline_of(reading(), area.id)
    form = OutlineForm(data={"outline": json.dumps(present) if present else ""})
    act = partial(_outline, form, code)
    return answer(form, "places/admin/outline.html", act, thanks=DONE, area=area)


def _outline(form: OutlineForm, code: str, session: Session) -> str:
    service.set_outline(session, keeper(), code, form.outline.data, now=now())
    return _home(code)


@bp.route("/admin/places/<code>/add", methods=EDIT)
@requires(Permission.AREA_MANAGE)
def add_place(code: str) -> ResponseReturnValue:
    """A new place inside this one: the grid editor."""
    area = kept(code)
    form = AddPlaceForm(data={"valid_from": today(), "code": area.code})
    form.level.choices = _levels_below(area)
    act = partial(_add, form, code)
    return answer(form, "places/admin/add.html", act, thanks=DONE, area=area)


def _levels_below(area: AreaRow) -> list[SelectChoice]:
    """Levels that may stand under a place, those with codes of our own first."""
    city = instance().city
    rank = city.level(area.level).rank
    own = {level["code"] for level in city.raw["levels"] if "digits" not in level}
    below = [level.code for level in city.levels if level.rank > rank]
    below.sort(key=lambda code: code not in own)
    return [SelectChoice(code, level_name(code)) for code in below]


def _add(form: AddPlaceForm, parent_code: str, session: Session) -> str:
    code = service.add_area(
        session, keeper(), parent_code=parent_code, code=(form.code.data or "").upper(),
        level=form.level.data, names=form.names(), valid_from=form.valid_from.data,
        valid_to=form.valid_to.data, outline=form.outline.data or "", now=now(),
    )  # fmt: skip
    return _home(code)


def _permitted(area: AreaRow) -> list[tuple[str, Any]]:
    """(key, row) of the place's own permitted places; keys say nothing about the database."""
    rows = permitted_in(reading(), area.path, on=today())
    return [(_key(row.id), row) for row in rows if row.area_id == area.id]


def _key(permitted_id: UUID) -> str:
    return hash_token(str(permitted_id))[:16]


@bp.route("/admin/places/<code>/permitted", methods=EDIT)
@requires(Permission.AREA_MANAGE)
def add_permitted(code: str) -> ResponseReturnValue:
    """A further place where stalls are permitted."""
    area = kept(code)
    form = PermittedForm(data={"valid_from": today(), "weekdays": list("1234567")})
    act = partial(_permit, form, code)
    return answer(form, "places/admin/permitted.html", act, thanks=DONE, area=area)


def _permit(form: PermittedForm, code: str, session: Session) -> str:
    service.add_permitted_place(
        session, keeper(), code, kind=PermittedKind(form.kind.data), names=form.names(),
        opens=form.opens.minutes or 0, closes=form.closes.minutes or 0,
        weekdays="".join(form.weekdays.data), valid_from=form.valid_from.data,
        point=form.point(), now=now(),
    )  # fmt: skip
    return _home(code)


@bp.route("/admin/places/<code>/permitted/<key>", methods=EDIT)
@requires(Permission.AREA_MANAGE)
def end_permitted(code: str, key: str) -> ResponseReturnValue:
    """The end of a permitted place."""
    area = kept(code)
    row = dict(_permitted(area)).get(key)
    if row is None:
        raise Missing
    form = DayForm(data={"on": today()})
    act = partial(_end_permitted, form, row.id)
    return answer(form, "places/admin/end.html", act, thanks=DONE, area=area, row=row)


def _end_permitted(form: DayForm, permitted_id: UUID, session: Session) -> str:
    on = form.on.data
    return _home(service.end_permitted_place(session, keeper(), permitted_id, on=on, now=now()))


@bp.route("/admin/places/<code>/switches", methods=EDIT)
@requires(Permission.AREA_MANAGE)
def set_switch(code: str) -> ResponseReturnValue:
    """What is live here, and from when."""
    area, form = kept(code), SwitchForm(data={"since": today()})
    act = partial(_switch, form, code)
    return answer(form, "places/admin/switch.html", act, thanks=DONE, area=area)


def _switch(form: SwitchForm, code: str, session: Session) -> str:
    service.set_switch(
        session, keeper(), code, feature=Feature(form.feature.data), since=form.since.data,
        until=form.until.data, now=now(),
    )  # fmt: skip
    return _home(code)

"""Prepared words: the list of those who keep them, a new one, a further version, an end."""

from functools import partial
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Permission
from portal.areas.queries import areas_by_codes, descendants_at_level, root_areas
from portal.areas.rules import codes_of
from portal.kernel.clock import city_day, now
from portal.kernel.i18n import NAMES as LANGUAGE_NAMES
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from portal.organisations.queries import organisations_by_ids
from portal.reports.forms.replies import ReplyForm, owner_key
from portal.reports.forms.track import ConfirmForm
from portal.reports.labels.case import ACTIONS
from portal.reports.labels.replies import BLANKS
from portal.reports.queries.categories import categories_on
from portal.reports.queries.replies import ReplyRow, replies_kept, reply_versions
from portal.reports.service.replies import (
    Keeper,
    add_reply,
    change_reply,
    end_reply,
    keeper_of,
    reply_here,
)
from portal.reports.views.blueprint import bp

SAVED = _l("Saved.")
DESK = Permission.DESK_OPEN


def _keeper() -> Keeper:
    """Whoever asks, as somebody who keeps words."""
    return keeper_of(current_actor())


@bp.get("/desk/replies/")
@requires(DESK)
def desk_replies() -> ResponseReturnValue:
    """The prepared words that I keep, and how often each was used."""
    keeper = _keeper()
    rows = replies_kept(reading(), keeper.units, keeper.places)
    return render_template("reports/desk/replies.html", rows=rows, **_words(keeper, rows))


def _words(keeper: Keeper, rows: list[ReplyRow]) -> dict[str, Any]:
    names = dict(_owners(keeper, rows))
    return {
        "keeps": not keeper.nothing,
        "actions": ACTIONS,
        "written_in": LANGUAGE_NAMES,
        "blanks": BLANKS,
        "kinds": {kind.code: kind.names for kind in _kinds()},
        "owner_of": lambda row: names.get(owner_key(row.unit_id, row.place_path), ""),
    }


def _owners(keeper: Keeper, rows: list[ReplyRow]) -> list[tuple[str, str]]:
    """For whom words can be kept, with names: units, then places. Nothing new is kept for a unit
    that ended, but whoever followed it goes on with what is there."""
    theirs, today = {row.unit_id for row in rows}, city_day(now(), instance().city.zone)
    units = organisations_by_ids(reading(), {*keeper.units, *(key for key in theirs if key)})
    found = [
        (owner_key(key, None), in_words(unit.names))
        for key, unit in units.items()
        if key in theirs or unit.valid_on(today)
    ]
    paths = [*_places(keeper), *(row.place_path for row in rows if row.place_path)]
    codes = {path: codes_of(path)[-1] for path in dict.fromkeys(paths)}
    areas = areas_by_codes(reading(), codes.values())
    known = ((path, areas[code]) for path, code in codes.items() if code in areas)
    return found + [(owner_key(None, path), in_words(area.names)) for path, area in known]


def _places(keeper: Keeper) -> list[str]:
    """The keeper's own places; whoever keeps the whole city, the city and its streets."""
    if keeper.places is not None:
        return list(keeper.places)
    roots = root_areas(reading())
    streets = [street for root in roots for street in _streets(root.path)]
    return [*(root.path for root in roots), *streets]


def _streets(path: str) -> list[str]:
    return [area.path for area in descendants_at_level(reading(), path, "street")]


def _kinds() -> Any:
    return categories_on(reading(), city_day(now(), instance().city.zone))


@bp.route("/desk/replies/new", methods=["GET", "POST"])
@requires(DESK)
def desk_new_reply() -> ResponseReturnValue:
    """Further prepared words."""
    keeper, form = _keeper(), ReplyForm()
    if keeper.nothing:
        return redirect(url_for("reports.desk_replies"), 303)
    form.offer(_owners(keeper, []), _kinds())
    act = partial(_add, keeper, form)
    return answer(
        form, "reports/desk/reply.html", act, thanks=SAVED, row=None, **_words(keeper, [])
    )


def _add(keeper: Keeper, form: ReplyForm, session: Session) -> str:
    add_reply(session, keeper, form.wish(), now=now())
    return url_for("reports.desk_replies")


@bp.route("/desk/replies/<number>", methods=["GET", "POST"])
@requires(DESK)
def desk_reply(number: str) -> ResponseReturnValue:
    """Change prepared words: a further version; those before it can be read below."""
    keeper = _keeper()
    row = reply_here(reading(), keeper, number)
    form = ReplyForm(data=None if request.method == "POST" else _as_typed(row))
    form.offer(_owners(keeper, [row]), _kinds())
    form.look_at(row.version)
    act = partial(_change, keeper, row, form)
    versions = reply_versions(reading(), row.code)
    context = {"row": row, "versions": versions, "end": ConfirmForm(formdata=None)}
    return answer(
        form, "reports/desk/reply.html", act, thanks=SAVED, **context, **_words(keeper, [row])
    )


def _as_typed(row: ReplyRow) -> dict[str, Any]:
    return {
        "title": row.title,
        "words": row.words,
        "step": row.step.value,
        "language": row.language,
        "category": row.category_code or "",
        "owner": owner_key(row.unit_id, row.place_path),
    }


def _change(keeper: Keeper, row: ReplyRow, form: ReplyForm, session: Session) -> str:
    change_reply(session, keeper, row.code, form.seen, form.wish(), now=now())
    return url_for("reports.desk_replies")


@bp.post("/desk/replies/<number>/end")
@requires(DESK)
def desk_end_reply(number: str) -> ResponseReturnValue:
    """Offer these words no more."""
    keeper = _keeper()
    row = reply_here(reading(), keeper, number)

    def act(session: Session) -> str:
        end_reply(session, keeper, row.code, row.version, now=now())
        return url_for("reports.desk_replies")

    form, rows = ConfirmForm(), replies_kept(reading(), keeper.units, keeper.places)
    context = {"rows": rows, **_words(keeper, rows)}
    return answer(form, "reports/desk/replies.html", act, thanks=SAVED, **context)

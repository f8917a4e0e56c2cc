"""The texts of pledges at the desk: sets, their drafts, publishing and ending."""

from functools import partial
from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pledges.forms.clauses import DraftForm, EndForm, PublishForm, SeenForm, SetForm, model_as_typed
from pledges.labels.clause_drafts import COLUMNS, LETTERS
from pledges.labels.clauses import AXES, PREMISES_KINDS
from pledges.queries.clauses import (
    DeskSet,
    VersionRow,
    clauses_by_version,
    rivals_of,
    sets_in,
)
from pledges.rules.clause_drafts import COLUMNS as HEADER
from pledges.rules.clause_drafts import also_changed, cells_of, fingerprint
from pledges.rules.clause_texts import ClauseText, changes_between
from pledges.rules.register import trades
from pledges.service.clause_drafts import (
    PUBLISH,
    PublishWish,
    begin_draft,
    discard_draft,
    end_set,
    model_texts,
    publish_draft,
    set_here,
    write_set,
)
from pledges.views.blueprint import bp
from portal.accounts.access import current_actor, requires
from portal.areas.queries import areas_by_ids
from portal.areas.rules import codes_of
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing
from portal.kernel.i18n import current_language
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.spreadsheets import csv_bytes
from portal.kernel.web import Session, instance, reading

DRAFTED = _l("The draft is there. Nobody sees it before it is published.")
PUBLISHED = _l("It is published and sealed. It changes no more.")
DISCARDED = _l("The draft is thrown away.")
ENDED = _l("This text is offered no more from that day on. What was signed keeps its version.")
FOLDER = "pledges/clauses/desk"


@bp.get("/desk/pledges/clauses/")
@requires(PUBLISH)
def desk_clause_sets() -> ResponseReturnValue:
    """The texts of my places: what counts, what is a draft, what has ended."""
    sets = sets_in(reading(), current_actor().places_for(PUBLISH))
    areas = areas_by_ids(reading(), {one.row.area_id for one in sets})
    return render_template(f"{FOLDER}/list.html", sets=sets, areas=areas, **_words())


def _words() -> dict[str, Any]:
    today = city_day(now(), instance().city.zone)
    return {"kinds": PREMISES_KINDS, "letters": LETTERS, "axes": AXES, "today": today,
            "trades": trades()}  # fmt: skip


@bp.route("/desk/pledges/clauses/new", methods=["GET", "POST"])
@requires(PUBLISH)
def desk_new_clause_set() -> ResponseReturnValue:
    """A new set, from a model text or empty."""
    chosen = request.args.get("model", "")[:40]
    row = model_texts()[chosen].row.cells if chosen in model_texts() else {}
    places = current_actor().places_for(PUBLISH) or ()
    mine = codes_of(places[0])[-1] if places else ""
    form = SetForm(data=model_as_typed(chosen, row, mine))
    form.offer({code: _names(one.row.cells) for code, one in model_texts().items()})
    return answer(form, f"{FOLDER}/new.html", partial(_write, form), thanks=DRAFTED)


def _names(row: dict[str, str]) -> dict[str, str]:
    return {
        "zh_Hans": row["name_zh_hans"], "zh_Hant": row["name_zh_hant"], "en": row["name_en"],
    }  # fmt: skip


def _write(form: SetForm, session: Session) -> str:
    code = write_set(session, current_actor(), form.wish(), now=now())
    return url_for("pledges.desk_clause_set", code=code)


@bp.get("/desk/pledges/clauses/<code>")
@requires(PUBLISH)
def desk_clause_set(code: str) -> ResponseReturnValue:
    """One set: its draft with what it changes, its versions, and what can be done."""
    found = set_here(reading(), current_actor(), code)
    areas = areas_by_ids(reading(), {found.row.area_id})
    return render_template(f"{FOLDER}/one.html", one=found, areas=areas, **_drafted(found))


def _drafted(found: DeskSet) -> dict[str, Any]:
    """The draft beside what is in force, or beside what was published last."""
    words = _words()
    old = found.current(words["today"]) or next(iter(found.published), None)
    shown = [one for one in (found.draft, old) if one is not None]
    said = clauses_by_version(reading(), [one.id for one in shown])
    clauses = said[found.draft.id] if found.draft else []
    before = said[old.id] if old else []
    return words | {
        "old": old, "clauses": clauses, "seen": fingerprint(clauses), "before": before,
        "columns": COLUMNS, **_differences(before, clauses, found.draft),
    }  # fmt: skip


def _differences(
    before: list[ClauseText], clauses: list[ClauseText], draft: VersionRow | None
) -> dict[str, Any]:
    if draft is None or not before:
        return {"changes": [], "also": {}}
    language = current_language()
    changes = changes_between(before, clauses, language)
    return {"changes": changes, "also": also_changed(before, clauses, language)}


def _one(code: str) -> str:
    return url_for("pledges.desk_clause_set", code=code)


@bp.route("/desk/pledges/clauses/<code>/draft", methods=["GET", "POST"])
@requires(PUBLISH)
def desk_begin_draft(code: str) -> ResponseReturnValue:
    """Begin the next version with what the last one says."""
    found = set_here(reading(), current_actor(), code)
    last = next(iter(found.published), None)
    form = DraftForm(data={"source": last.source if last else ""})

    def act(session: Session) -> str:
        begin_draft(session, current_actor(), code, form.source.data or "", now=now())
        return _one(code)

    return answer(form, f"{FOLDER}/draft.html", act, thanks=DRAFTED, one=found)


@bp.route("/desk/pledges/clauses/<code>/publish", methods=["GET", "POST"])
@requires(PUBLISH)
def desk_publish_clauses(code: str) -> ResponseReturnValue:
    """Publish a draft from a day on, after reading what it changes."""
    found = set_here(reading(), current_actor(), code)
    drafted = _drafted(found)
    form = PublishForm(data={"seen": drafted["seen"], "begins": drafted["today"]})
    rivals = rivals_of(reading(), found.row, form.begins.data or drafted["today"])

    def act(session: Session) -> str:
        wish = PublishWish(form.begins.data, bool(form.replaces.data), form.seen.data or "")
        with form.shown_again(drafted["seen"]):
            publish_draft(session, current_actor(), code, wish, now=now())
        return _one(code)

    page = f"{FOLDER}/publish.html"
    return answer(form, page, act, thanks=PUBLISHED, one=found, rivals=rivals, **drafted)


@bp.route("/desk/pledges/clauses/<code>/discard", methods=["GET", "POST"])
@requires(PUBLISH)
def desk_discard_draft(code: str) -> ResponseReturnValue:
    """Throw a draft away."""
    found = set_here(reading(), current_actor(), code)
    seen = _drafted(found)["seen"]
    form = SeenForm(data={"seen": seen})

    def act(session: Session) -> str:
        with form.shown_again(seen):
            stays = discard_draft(session, current_actor(), code, seen=form.seen.data or "")
        return _one(code) if stays else url_for("pledges.desk_clause_sets")

    return answer(form, f"{FOLDER}/discard.html", act, thanks=DISCARDED, one=found)


@bp.route("/desk/pledges/clauses/<code>/end", methods=["GET", "POST"])
@requires(PUBLISH)
def desk_end_clause_set(code: str) -> ResponseReturnValue:
    """A text is offered no more from a day on."""
    found = set_here(reading(), current_actor(), code)
    form = EndForm(data={"on": city_day(now(), instance().city.zone)})

    def act(session: Session) -> str:
        end_set(session, current_actor(), code, form.on.data, now=now())
        return _one(code)

    return answer(form, f"{FOLDER}/end.html", act, thanks=ENDED, one=found)


@bp.get("/desk/pledges/clauses/<code>/clauses.csv")
@requires(PUBLISH)
def desk_clause_table(code: str) -> ResponseReturnValue:
    """A version as the file that is shipped; without a number the draft, or the newest."""
    found = set_here(reading(), current_actor(), code)
    asked = request.args.get("version", "")
    versions = [one for one in (found.draft, *found.published) if one is not None]
    chosen = next((one for one in versions if asked in {"", str(one.version)}), None)
    if chosen is None:
        raise Missing
    clauses = clauses_by_version(reading(), [chosen.id])[chosen.id]
    rows = [[cells_of(clause)[name] for name in HEADER] for clause in clauses]
    answered = Response(csv_bytes(HEADER, rows), mimetype="text/csv")
    name = f"{found.row.code}-{chosen.version}.csv"
    answered.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answered.headers["Cache-Control"] = "private, no-store"
    return answered

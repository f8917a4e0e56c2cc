"""At the desk: filed, translated, explained, published; later explained anew, revised, ended."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import make_response, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.conventions.forms.published import (
    AboutForm,
    EndForm,
    FilingForm,
    PublishForm,
    ReadingForm,
    ReviseForm,
    ScriptForm,
)
from portal.conventions.labels.kinds import KINDS
from portal.conventions.labels.published import END_WAYS, SCRIPTS
from portal.conventions.queries.published import (
    ScriptRow,
    filing_of,
    open_round,
    readings_of,
    scripts_of_draft,
    version_of_round,
    versions_of,
)
from portal.conventions.queries.texts import DraftRow, RoundRow, draft_clause, draft_of
from portal.conventions.rules.published import Aim, review_day
from portal.conventions.rules.texts import RIGHT_TO_LEFT, Script, mark_of
from portal.conventions.rules.way import RUNNING
from portal.conventions.service.drafting import write_about
from portal.conventions.service.explaining import (
    add_reading,
    version_here,
    write_reading,
    write_script,
)
from portal.conventions.service.filing import file_text, filing_due
from portal.conventions.service.publishing import publish_version
from portal.conventions.service.revising import convention_here, end_convention, start_revision
from portal.conventions.service.rounds import MANAGE, REVIEW, round_here
from portal.conventions.views.blueprint import bp
from portal.conventions.views.kinds import today
from portal.kernel.clock import now
from portal.kernel.errors import Conflict, Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading

FOLDER: Final = "conventions/desk/published"
SAVED: Final = _l("Saved.")
FILED: Final = _l("The filing is noted. Everybody can see it.")
PUBLISHED: Final = _l("Published. This version has an address that stays.")
REVISING: Final = _l("The revision has begun. It goes the same way as the first text.")
ENDED: Final = _l("Noted. The text stays to be read, and says that it has ended.")


def _round(number: str) -> RoundRow:
    return round_here(reading(), current_actor(), number)


def _desk(number: str) -> str:
    return url_for("conventions.desk_convention", number=number)


@bp.route("/desk/conventions/<number>/about", methods=["GET", "POST"])
@requires(MANAGE)
def desk_about(number: str) -> ResponseReturnValue:
    """The name of a text and its introduction."""
    row = _round(number)
    old = (row.title, row.preamble or "")
    form = AboutForm(data={"title": old[0], "preamble": old[1], "seen": mark_of(*old)})
    stands: list[str] = []
    act = partial(_write_about, row.number, form, stands)
    return answer(form, f"{FOLDER}/about.html", act, thanks=SAVED, row=row, stands=stands)


def _write_about(number: str, form: AboutForm, stands: list[str], session: Session) -> str:
    said = form.title.data or "", form.preamble.data or "", form.seen.data or ""
    with _beside(form, stands, session, lambda found: (found.title, found.preamble or ""), number):
        write_about(session, current_actor(), number, *said[:2], seen=said[2])
    return _desk(number)


@contextmanager
def _beside(
    form: Any, stands: list[str], session: Session, said: Callable[[RoundRow], Sequence[str]],
    number: str,
) -> Iterator[None]:  # fmt: skip
    """When somebody else has saved meanwhile: what stands now is shown beside what she typed, and
    her next press is over that."""
    try:
        yield
    except Conflict:
        stands[:] = said(round_here(session, current_actor(), number))
        form.seen.data = mark_of(*stands)
        raise


@bp.route("/desk/conventions/<number>/filing", methods=["GET", "POST"])
@requires(MANAGE)
def desk_filing(number: str) -> ResponseReturnValue:
    """Note that a text was filed for record; the photo of the receipt stays with the desk."""
    row, form = _round(number), FilingForm(data={"filed_on": today()})

    def act(session: Session) -> str:
        file_text(session, current_actor(), row.number, form.wish(), now=now())
        return _desk(row.number)

    return answer(
        form, f"{FOLDER}/filing.html", act, thanks=FILED, row=row, due=filing_due(reading(), row)
    )


@bp.get("/desk/conventions/<number>/filing/photo")
@requires(MANAGE)
def desk_filing_photo(number: str) -> ResponseReturnValue:
    """The photo of the receipt."""
    filing = filing_of(reading(), _round(number).id)
    try:
        response = make_response(instance().blobs.open((filing and filing.document_key) or ""))
    except KeyError:
        raise Missing from None
    response.mimetype = "image/jpeg"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.route("/desk/conventions/<number>/publish", methods=["GET", "POST"])
@requires(MANAGE)
def desk_publish(number: str) -> ResponseReturnValue:
    """Publish what was adopted. What is missing beside it is told, and stops nothing."""
    row = _round(number)
    days = {"effective_from": today(), "review_on": review_day(row.rule, today())}
    form, draft = PublishForm(data=days), draft_of(reading(), row.id)
    said = scripts_of_draft(reading(), row.id)
    written = {code for one in said.values() for code in one}
    return answer(
        form, f"{FOLDER}/publish.html", partial(_publish, row.number, form), thanks=PUBLISHED,
        row=row, draft=draft, written=[SCRIPTS[code] for code in Script if code in written],
        older=[one for one in draft if _is_older(one, said.get(one.clause_id, {}))],
    )  # fmt: skip


def _is_older(clause: DraftRow, said: Mapping[Script, ScriptRow]) -> bool:
    """Whether the Chinese was changed after it was written in another script."""
    return any(one.revision < clause.revision for one in said.values())


def _publish(number: str, form: PublishForm, session: Session) -> str:
    of = round_here(session, current_actor(), number).convention_number
    version = publish_version(session, current_actor(), number, form.wish(), now=now())
    return url_for("conventions.version", number=of, version=version)


@bp.get("/desk/conventions/<number>/scripts/")
@requires(MANAGE)
def desk_scripts(number: str) -> ResponseReturnValue:
    """In which other scripts a text stands, and how much of it."""
    row = _round(number)
    found = scripts_of_draft(reading(), row.id)
    draft = draft_of(reading(), row.id)
    counts = {
        code: sum(code in found.get(one.clause_id, {}) for one in draft) for code in Script
    }  # fmt: skip
    return render_template(
        f"{FOLDER}/scripts.html", row=row, scripts=SCRIPTS, counts=counts, clauses=len(draft)
    )


@bp.get("/desk/conventions/<number>/scripts/<script>/")
@requires(MANAGE)
def desk_script(number: str, script: str) -> ResponseReturnValue:
    """Every clause with what it says in one other script."""
    row, code = _round(number), _script(script)
    found = scripts_of_draft(reading(), row.id)
    lines = [
        (one, found.get(one.clause_id, {}).get(code)) for one in draft_of(reading(), row.id)
    ]  # fmt: skip
    return render_template(
        f"{FOLDER}/script.html", row=row, scripts=SCRIPTS, code=code, lines=lines,
        way=_direction(code),
        writing=row.state in RUNNING and version_of_round(reading(), row.id) is None,
    )  # fmt: skip


def _script(code: str) -> Script:
    if code not in set(Script):
        raise Missing
    return Script(code)


def _direction(code: Script) -> str:
    return "rtl" if code in RIGHT_TO_LEFT else "ltr"


@bp.route(
    "/desk/conventions/<number>/scripts/<script>/<uuid:clause>", methods=["GET", "POST"]
)  # fmt: skip
@requires(MANAGE)
def desk_script_clause(number: str, script: str, clause: UUID) -> ResponseReturnValue:
    """Write a clause in another script; an empty field takes it away."""
    row, code = _round(number), _script(script)
    found = draft_clause(reading(), row.id, clause)
    if found is None or found.removed_at is not None:
        raise Missing
    old = _in_script(reading(), row, clause, code)
    form, stands = ScriptForm(data={"words": old, "seen": mark_of(old)}), list[str]()
    act = partial(_write_script, row.number, clause, code, form, stands)
    return answer(
        form, f"{FOLDER}/script_clause.html", act, thanks=SAVED, row=row, clause=found,
        scripts=SCRIPTS, code=code, way=_direction(code), stands=stands,
    )  # fmt: skip


def _in_script(session: Session, row: RoundRow, clause: UUID, code: Script) -> str:
    said = scripts_of_draft(session, row.id).get(clause, {}).get(code)
    return said.markdown if said else ""


def _write_script(
    number: str, clause: UUID, code: Script, form: ScriptForm, stands: list[str], session: Session
) -> str:  # fmt: skip
    words, seen = form.words.data or "", form.seen.data or ""
    with _beside(
        form, stands, session, lambda found: [_in_script(session, found, clause, code)], number
    ):
        write_script(session, current_actor(), number, clause, code, words, seen=seen)
    return url_for("conventions.desk_script", number=number, script=code.value)


@bp.route("/desk/conventions/<number>/reading", methods=["GET", "POST"])
@requires(MANAGE)
def desk_reading(number: str) -> ResponseReturnValue:
    """Write the plain reading that will be published beside the text."""
    row = _round(number)
    old = row.reading or ""
    form, stands = ReadingForm(data={"words": old, "seen": mark_of(old)}), list[str]()

    def act(session: Session) -> str:
        words, seen = form.words.data or "", form.seen.data or ""
        with _beside(form, stands, session, lambda found: [found.reading or ""], row.number):
            write_reading(session, current_actor(), row.number, words, seen=seen)
        return _desk(row.number)

    return answer(
        form, f"{FOLDER}/reading.html", act, thanks=SAVED, row=row, version=None, stands=stands
    )  # fmt: skip


@bp.get("/desk/conventions/texts/<number>")
@requires(MANAGE)
def desk_text(number: str) -> ResponseReturnValue:
    """A published convention: what can be done with it."""
    of = convention_here(reading(), current_actor(), number)
    return render_template(
        f"{FOLDER}/text.html", of=of, versions=versions_of(reading(), of.id), kinds=KINDS,
        revision=open_round(reading(), of.id), end_ways=END_WAYS, today=today(),
        may_end=current_actor().may(REVIEW, place_path=of.place_path),
    )  # fmt: skip


@bp.route("/desk/conventions/texts/<number>/<int:version>/reading", methods=["GET", "POST"])
@requires(MANAGE)
def desk_version_reading(number: str, version: int) -> ResponseReturnValue:
    """Write a new plain reading of what is published."""
    row = version_here(reading(), current_actor(), number, version)
    known = readings_of(reading(), row.id)
    form = ReadingForm(data={"words": known[0].markdown if known else ""})

    def act(session: Session) -> str:
        words = form.words.data or ""
        add_reading(session, current_actor(), row.number, row.version, words, now=now())
        return url_for("conventions.version", number=row.number, version=row.version)

    return answer(
        form, f"{FOLDER}/reading.html", act, thanks=SAVED, row=row, version=row.version, stands=()
    )  # fmt: skip


@bp.route("/desk/conventions/texts/<number>/revise", methods=["GET", "POST"])
@requires(MANAGE)
def desk_revise(number: str) -> ResponseReturnValue:
    """Begin a revision of what is published, or its repeal."""
    of, form = convention_here(reading(), current_actor(), number), ReviseForm()

    def act(session: Session) -> str:
        asked = form.asked.data or ""
        repeals = form.aim.data == Aim.REPEAL
        begun = start_revision(
            session, current_actor(), of.number, asked, repeals=repeals, now=now()
        )  # fmt: skip
        return _desk(begun)

    return answer(form, f"{FOLDER}/revise.html", act, thanks=REVISING, of=of)


@bp.route("/desk/conventions/texts/<number>/end", methods=["GET", "POST"])
@requires(REVIEW)
def desk_end(number: str) -> ResponseReturnValue:
    """Note that a convention ended."""
    of = convention_here(reading(), current_actor(), number)
    form: Any = EndForm(data={"ended_on": today()})

    def act(session: Session) -> str:
        end_convention(session, current_actor(), of.number, form.wish(), now=now())
        return url_for("conventions.text", number=of.number)

    return answer(form, f"{FOLDER}/end.html", act, thanks=ENDED, of=of)

"""Articles at the desk: the list, writing, what may happen next."""

from functools import partial
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.areas.queries import places_to_choose
from portal.kernel.clock import now
from portal.kernel.errors import Conflict, Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from portal.publicity.forms.articles import ArticleForm, ArticleStepForm, NewArticleForm
from portal.publicity.labels.articles import (
    ARTICLE_STEPS,
    DESK_STATES,
    KINDS,
    PROVENANCES,
    STATES,
    VERSION_STATES,
)
from portal.publicity.queries.articles import (
    PAGE,
    ArticleRow,
    VersionRow,
    articles_by_ids,
    articles_in,
    mark_of,
    number_of,
    photos_of,
    version_of,
    versions_of,
)
from portal.publicity.rules.articles import (
    APPROVERS,
    WITH_REASON,
    ArticleKind,
    ArticleRefusal,
    ArticleStep,
    open_steps,
)
from portal.publicity.service.articles import (
    APPROVE,
    WRITE,
    article_here,
    edit_article,
    last_version,
    step_article,
    write_article,
)
from portal.publicity.service.role_models import shown_name
from portal.publicity.views.articles import areas_of
from portal.publicity.views.blueprint import bp

FOLDER = "publicity/articles/desk"
SAVED = _l("Saved.")


@bp.get("/desk/articles/")
@requires(WRITE)
def desk_articles() -> ResponseReturnValue:
    """What there is in one's places, by state, the newest first."""
    after = clean_number(request.args.get("after", "")[:20]) or ""
    state = request.args.get("state", "")
    chosen = state if state in DESK_STATES else ""
    found = articles_in(reading(), current_actor().places_for(WRITE), chosen, after=after)
    rows = found[:PAGE]
    return render_template(
        f"{FOLDER}/list.html", rows=rows, kinds=KINDS, states=STATES, desk_states=DESK_STATES,
        version_states=VERSION_STATES, chosen=chosen, areas=areas_of(row.area_id for row in rows),
        following=rows[-1].number if len(found) > PAGE else None,
    )  # fmt: skip


@bp.route("/desk/articles/new", methods=["GET", "POST"])
@requires(WRITE)
def desk_article_new() -> ResponseReturnValue:
    """Write an article."""
    form = NewArticleForm()

    def act(writer: Session) -> str:
        kind = ArticleKind(form.kind.data)
        return url_of(
            write_article(
                writer, current_actor(), kind, form.place.data or "", form.wish(), now=now()
            )
        )

    found = places_to_choose(reading(), current_actor().places_for(WRITE))
    return answer(form, f"{FOLDER}/new.html", act, thanks=SAVED, to_choose=found)


def url_of(number: str) -> str:
    """The desk's page of an article."""
    return url_for("publicity.desk_article", number=number)


@bp.get("/desk/articles/<number>")
@requires(WRITE)
def desk_article(number: str) -> ResponseReturnValue:
    """One article as it is written last, or in an earlier version (``?version=``)."""
    row = article_here(reading(), current_actor(), number)
    version = last_version(reading(), row)
    asked = request.args.get("version", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 6:
        version = version_of(reading(), row.id, int(asked)) or version
    return render_template(
        f"{FOLDER}/one.html", versions=versions_of(reading(), row.id), **words_of(row, version)
    )


def words_of(row: ArticleRow, version: VersionRow) -> dict[str, Any]:
    """What the pages of one article at the desk show."""
    actor, last = current_actor(), version.version == row.last_version
    approves = actor.may(APPROVE, place_path=row.place_path)
    steps = open_steps(row.state, version.state) if last else ()
    return {
        "row": row, "version": version, "kinds": KINDS, "provenances": PROVENANCES,
        "states": STATES, "version_states": VERSION_STATES, "steps": ARTICLE_STEPS,
        "open": [step for step in steps if approves or step not in APPROVERS],
        "writes": ArticleStep.SEND in steps,
        "agreed": row.agreed_version == version.version and row.agreed_sent == version.sent,
        "name": shown_name(reading(), row), "photos": photos_of(reading(), version.id),
        "area": areas_of([row.area_id])[row.area_id], "policy": policy_of(version),
    }  # fmt: skip


def policy_of(version: VersionRow) -> Any:
    """The policy that a reading explains, as long as it is published."""
    if version.policy_id is None:
        return None
    return next(iter(articles_by_ids(reading(), [version.policy_id])), None)


@bp.route("/desk/articles/<number>/edit", methods=["GET", "POST"])
@requires(WRITE)
def desk_article_edit(number: str) -> ResponseReturnValue:
    """Other words, while the last version is a draft."""
    row = article_here(reading(), current_actor(), number)
    version, form = last_version(reading(), row), ArticleForm()
    # also of a policy that was withdrawn since: what it explains need not change with a correction
    form.start_from(version, number_of(reading(), version.policy_id))
    stands: dict[str, Any] = {}
    return answer(
        form, f"{FOLDER}/edit.html", partial(_edit, row.number, form, stands), thanks=SAVED,
        row=row, version=version, provenances=PROVENANCES, stands=stands,
    )  # fmt: skip


def _edit(number: str, form: ArticleForm, stands: dict[str, Any], writer: Session) -> str:
    seen = form.seen.data or ""
    try:
        edit_article(writer, current_actor(), number, form.wish(), seen=seen, now=now())
    except Conflict as conflict:
        if conflict.code is ArticleRefusal.MOVED_ON:
            _beside(number, form, stands, writer)
        raise
    return url_of(number)


def _beside(number: str, form: ArticleForm, stands: dict[str, Any], writer: Session) -> None:
    """Somebody else has saved meanwhile: what stands now is shown beside what she typed, and her
    next press is over that."""
    version = last_version(writer, article_here(writer, current_actor(), number))
    stands |= {"version": version, "policy": number_of(writer, version.policy_id)}
    form.seen.data = version.mark


@bp.route("/desk/articles/<number>/step/<step>", methods=["GET", "POST"])
@requires(WRITE)
def desk_article_step(number: str, step: str) -> ResponseReturnValue:
    """Send it, approve it, send it back, correct it, withdraw it."""
    row, form = article_here(reading(), current_actor(), number), ArticleStepForm()
    if step not in set(ArticleStep):
        raise Missing
    version, chosen = last_version(reading(), row), ArticleStep(step)
    shown = mark_of(row, version)
    if not form.is_submitted():
        form.seen.data = shown
    act = partial(_step, row.number, chosen, form, shown)
    words = {**words_of(row, version), "step": chosen, "asks": chosen in WITH_REASON}
    return answer(form, f"{FOLDER}/step.html", act, thanks=SAVED, **words)


def _step(
    number: str, step: ArticleStep, form: ArticleStepForm, shown: str, writer: Session
) -> str:
    try:
        step_article(
            writer, current_actor(), number, step, seen=form.seen.data or "",
            reason=form.reason.data or "", now=now(),
        )  # fmt: skip
    except Conflict:
        # the page that tells of it shows what stands now
        form.seen.data = shown
        raise
    return url_of(number)

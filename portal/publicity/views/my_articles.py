"""Articles about whoever asks: what they say, and whether they may be shown (L6, P1)."""

from functools import partial

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, signed_in
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from portal.publicity.forms.articles import AgreeForm
from portal.publicity.labels.articles import KINDS, PROVENANCES, STATES
from portal.publicity.queries.articles import articles_about, photo_of_mine, photos_of
from portal.publicity.service.role_models import about_me, agree, shown_name, take_back
from portal.publicity.views.articles import areas_of
from portal.publicity.views.blueprint import bp
from portal.reports.views.photos import PRIVATE, file_response

FOLDER = "publicity/articles/mine"
DONE = _l("It is done as you wish.")


@bp.get("/me/articles")
@signed_in
def my_articles() -> ResponseReturnValue:
    """What is written about me."""
    rows = articles_about(reading(), current_actor().person_id)
    return render_template(f"{FOLDER}/list.html", rows=rows, states=STATES)


@bp.route("/me/articles/<number>", methods=["GET", "POST"])
@signed_in
def my_article(number: str) -> ResponseReturnValue:
    """Read it, let it be shown under a name, or let nothing of it remain."""
    row, version = about_me(reading(), current_actor(), number)
    form, name = AgreeForm(), shown_name(reading(), row)
    form.start_from(version)
    if not form.is_submitted():
        form.name.data = name
    current = (row.agreed_version, row.agreed_sent) == (version.version, version.sent)
    return answer(
        form, f"{FOLDER}/one.html", partial(_answer, row.number, form), thanks=DONE, row=row,
        version=version, current=current, provenances=PROVENANCES, states=STATES,
        photos=photos_of(reading(), version.id), name=name, kinds=KINDS,
        area=areas_of([row.area_id])[row.area_id],
    )  # fmt: skip


def _answer(number: str, form: AgreeForm, writer: Session) -> str:
    if form.wish.data == "yes":
        agree(writer, current_actor(), number, form.name.data or "", seen=form.read(), now=now())
        return url_for("publicity.my_article", number=number)
    take_back(writer, current_actor(), number, now=now())
    return url_for("publicity.my_articles")


@bp.get("/me/articles/photos/<code>")
@signed_in
def my_article_photo(code: str) -> ResponseReturnValue:
    """A photo of an article about me, before anybody else sees it."""
    key = photo_of_mine(reading(), current_actor().person_id, code)
    if key is None:
        raise Missing
    return file_response(key, PRIVATE)

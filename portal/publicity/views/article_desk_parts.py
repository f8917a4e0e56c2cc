"""What belongs to an article at the desk: its photos, and the person whom it is about."""

from functools import partial

from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from portal.publicity.forms.articles import ArticlePhotoForm, ChangePhotoForm, PersonForm
from portal.publicity.queries.articles import versions_of
from portal.publicity.rules.articles import MOST_PHOTOS, ArticleKind
from portal.publicity.service.article_photos import add_photo, change_photo, photo_here
from portal.publicity.service.articles import WRITE, article_here, last_version
from portal.publicity.service.role_models import name_person
from portal.publicity.views.article_desk import FOLDER, SAVED, url_of, words_of
from portal.publicity.views.blueprint import bp
from portal.reports.views.photos import PRIVATE, file_response


@bp.route("/desk/articles/<number>/photos", methods=["GET", "POST"])
@requires(WRITE)
def desk_article_photos(number: str) -> ResponseReturnValue:
    """Its photos, and one more."""
    row, form = article_here(reading(), current_actor(), number), ArticlePhotoForm()

    def act(writer: Session) -> str:
        add_photo(
            writer, current_actor(), row.number, form.photo.data, form.alt.data or "", now=now()
        )
        return url_of(row.number)

    words = words_of(row, last_version(reading(), row))
    return answer(form, f"{FOLDER}/photos.html", act, thanks=SAVED, most=MOST_PHOTOS, **words)


@bp.route("/desk/articles/<number>/photos/<code>", methods=["GET", "POST"])
@requires(WRITE)
def desk_article_photo_change(number: str, code: str) -> ResponseReturnValue:
    """Other words to a photo, or away with it."""
    row = article_here(reading(), current_actor(), number)
    version = last_version(reading(), row)
    photo = photo_here(reading(), version.id, code)
    form = ChangePhotoForm(data={"alt": photo.alt})
    act = partial(_change, row.number, code, form)
    return answer(
        form, f"{FOLDER}/photo.html", act, thanks=SAVED, row=row, version=version, photo_row=photo
    )


def _change(number: str, code: str, form: ChangePhotoForm, writer: Session) -> str:
    change_photo(
        writer, current_actor(), number, code, form.alt.data or "", remove=bool(form.remove.data)
    )
    return url_of(number)


@bp.get("/desk/articles/<number>/photos/<code>/picture")
@requires(WRITE)
def desk_article_photo(number: str, code: str) -> ResponseReturnValue:
    """A photo of any version, before the public sees it."""
    row = article_here(reading(), current_actor(), number)
    for version in versions_of(reading(), row.id):
        try:
            return file_response(photo_here(reading(), version.id, code).blob_key, PRIVATE)
        except Missing:
            continue
    raise Missing


@bp.route("/desk/articles/<number>/person", methods=["GET", "POST"])
@requires(WRITE)
def desk_article_person(number: str) -> ResponseReturnValue:
    """Say whose page it is; she is asked when it is sent for approval."""
    row, form = article_here(reading(), current_actor(), number), PersonForm()
    if row.kind is not ArticleKind.ROLE_MODEL:
        raise Missing

    def act(writer: Session) -> str:
        name_person(writer, current_actor(), row.number, form.person.data or "")
        return url_of(row.number)

    version = last_version(reading(), row)
    return answer(form, f"{FOLDER}/person.html", act, thanks=SAVED, row=row, version=version)

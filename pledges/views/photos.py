"""Photos of frontages: one for those who may see it, and the check before everybody may."""

from functools import partial

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pledges.forms.inspections import PhotoCheckForm
from pledges.labels.inspections import SIDES
from pledges.queries.inspections import doors_by_ids
from pledges.queries.photos import photo_by_code, photos_to_check
from pledges.service.inspections import REVIEW
from pledges.service.photos import check_photo, photo_here
from pledges.service.seeing import sees_photo
from pledges.views.blueprint import bp
from portal.accounts.access import current_actor, public, requires
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading

FOLDER = "pledges/photos"
CHECKED = _l("Noted. Who may see the photo can be changed at any time.")


@bp.get("/pledges/photos/<code>")
@public
def pledge_photo(code: str) -> ResponseReturnValue:
    """A photo of a frontage, for those who may see it."""
    found = photo_by_code(reading(), code[:40])
    if found is None or not sees_photo(reading(), current_actor(), found):
        raise Missing
    key = found.thumbnail_key if "small" in request.args else found.blob_key
    try:
        response = make_response(instance().blobs.open(key))
    except KeyError:
        raise Missing from None
    response.mimetype = "image/jpeg"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.get("/desk/pledges/photos/")
@requires(REVIEW)
def desk_photos() -> ResponseReturnValue:
    """Photos of what was put right in my places, at which nobody has looked yet."""
    rows = photos_to_check(reading(), current_actor().places_for(REVIEW))
    doors = doors_by_ids(reading(), {row.premises_id for row in rows})
    return render_template(f"{FOLDER}/list.html", rows=rows, doors=doors, sides=SIDES)


@bp.route("/desk/pledges/photos/<code>", methods=["GET", "POST"])
@requires(REVIEW)
def desk_photo(code: str) -> ResponseReturnValue:
    """Look at one photo, and say who may see it."""
    photo, door = photo_here(reading(), current_actor(), code[:40])
    form = PhotoCheckForm()
    act = partial(_check, photo.code, form)
    return answer(
        form, f"{FOLDER}/one.html", act, thanks=CHECKED, photo=photo, door=door,
        sides=SIDES,
    )  # fmt: skip


def _check(code: str, form: PhotoCheckForm, session: Session) -> str:
    check_photo(session, current_actor(), code, show=form.decision.data == "show", now=now())
    return url_for("pledges.desk_photos")

"""Photos: the desk's for everybody; an adopter's for all once they are confirmed."""

from flask import make_response, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public
from portal.kernel.errors import Missing
from portal.kernel.web import instance, reading
from volunteers.queries.adoption.plots import PhotoRow, photo_by_code
from volunteers.service.adoption.seeing import sees_photo
from volunteers.views.adoption.blueprint import bp


@bp.get("/adoption/photos/<code>")
@public
def photo(code: str) -> ResponseReturnValue:
    """A photo of a thing or of its care."""
    return _served(_seen(code), small=False)


@bp.get("/adoption/photos/<code>/small")
@public
def small_photo(code: str) -> ResponseReturnValue:
    """The same, small."""
    return _served(_seen(code), small=True)


def _seen(code: str) -> PhotoRow:
    found = photo_by_code(reading(), code[:40])
    if found is None or not sees_photo(reading(), current_actor(), found):
        raise Missing
    return found


def _served(found: PhotoRow, *, small: bool) -> ResponseReturnValue:
    key = found.thumbnail_key if small else found.blob_key
    try:
        content = instance().blobs.open(key)
    except KeyError:
        raise Missing from None
    response = make_response(content)
    response.mimetype = "image/jpeg"
    # a cache asks each time: what is struck out or erased shall not live on in it
    response.headers["Cache-Control"] = (
        "public, no-cache" if found.care_id is None else "private, no-store"
    )
    response.set_etag(key.partition(".")[0][:40])
    return response.make_conditional(request)

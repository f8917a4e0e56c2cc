"""Photos: checked ones for everybody, the others for the reporter and the staff concerned."""

from flask import make_response, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public
from portal.kernel.errors import Missing
from portal.kernel.web import instance, reading
from portal.reports.queries.page import StoredPicture, reporter_sees, stored_picture
from portal.reports.rules.codes import Relation
from portal.reports.service.loop import may_see
from portal.reports.views.blueprint import bp
from portal.reports.views.reporter_session import reporter_for

# short: a photo that is withheld or erased later shall not live on in caches
PUBLIC_CACHE = "public, max-age=600"
KINDS = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


@bp.get("/reports/photos/<code>")
@public
def photo(code: str) -> ResponseReturnValue:
    """A photo of a report."""
    return _served(code, small=False)


@bp.get("/reports/photos/<code>/small")
@public
def thumbnail(code: str) -> ResponseReturnValue:
    """The same, small."""
    return _served(code, small=True)


def _served(code: str, *, small: bool) -> ResponseReturnValue:
    picture = stored_picture(reading(), code)
    if picture is None or not (picture.public or _for_this_visitor(picture)):
        raise Missing
    key = (picture.photo.thumbnail_key if small else None) or picture.photo.blob_key
    kind = KINDS.get(key.rpartition(".")[2])
    try:
        content = instance().blobs.open(key)
    except KeyError:
        raise Missing from None
    if kind is None:
        raise Missing
    response = make_response(content)
    response.mimetype = kind
    response.headers["Cache-Control"] = PUBLIC_CACHE if picture.public else "private, no-store"
    response.set_etag(key.partition(".")[0][:40])
    return response.make_conditional(request)


def _for_this_visitor(picture: StoredPicture) -> bool:
    """Staff within their place or unit, and whoever reported the case."""
    if may_see(current_actor(), picture.case):
        return True
    reporter = reporter_for(picture.case)
    if reporter is None or reporter.relation is Relation.ME_TOO:
        return False
    return reporter_sees(picture.photo, picture.case)

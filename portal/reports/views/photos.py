"""Photos: checked ones for everybody, the others for the reporter and the staff concerned."""

from flask import make_response, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public
from portal.kernel.errors import Missing
from portal.kernel.web import instance, reading
from portal.reports.queries.case import CaseReporterRow
from portal.reports.queries.neighbours import leads_to
from portal.reports.queries.page import StoredPicture, reporter_sees, stored_picture
from portal.reports.service.covering import sees_uncovered
from portal.reports.service.loop import may_see
from portal.reports.views.blueprint import bp
from portal.reports.views.reporter_session import reporter_for

# a cache asks each time: a photo that is covered, withheld or erased shall not live on in it
PUBLIC_CACHE = "public, no-cache"
PRIVATE = "private, no-store"
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


@bp.get("/reports/photos/<code>/original")
@public
def uncovered_photo(code: str) -> ResponseReturnValue:
    """A photo of which parts are covered, for whoever sent it and for moderators."""
    picture = stored_picture(reading(), code)
    if picture is None or not _beneath(picture):
        raise Missing
    return file_response(picture.photo.file(small=False, uncovered=True), PRIVATE)


def _served(code: str, *, small: bool) -> ResponseReturnValue:
    picture = stored_picture(reading(), code)
    if picture is None or not (picture.public or _for_this_visitor(picture)):
        raise Missing
    return file_response(
        picture.photo.file(small=small), PUBLIC_CACHE if picture.public else PRIVATE
    )


def file_response(key: str, cache: str) -> ResponseReturnValue:
    """A file of the store as a picture."""
    kind = KINDS.get(key.rpartition(".")[2])
    try:
        content = instance().blobs.open(key)
    except KeyError:
        raise Missing from None
    if kind is None:
        raise Missing
    response = make_response(content)
    response.mimetype = kind
    response.headers["Cache-Control"] = cache
    response.set_etag(key.partition(".")[0][:40])
    return response.make_conditional(request)


def _beneath(picture: StoredPicture) -> bool:
    """Whether this visitor may see what is covered for everybody else."""
    if sees_uncovered(current_actor(), picture.case):
        return True
    reporter = _reporter(picture)
    return reporter is not None and _sent(picture, reporter)


def _reporter(picture: StoredPicture) -> CaseReporterRow | None:
    """The visitor as a reporter of the photo's case, also when it became part of another one."""
    return reporter_for(leads_to(reading(), picture.case), receipt=picture.case.number)


def _sent(picture: StoredPicture, reporter: CaseReporterRow) -> bool:
    """Whether the photo came from her."""
    photo = picture.photo
    if photo.reporter_id is not None:
        return photo.by_reporter and photo.reporter_id == reporter.id
    return photo.by_reporter and reporter.began(picture.case.id)


def _for_this_visitor(picture: StoredPicture) -> bool:
    """Staff within their place or unit, and whoever reported the case."""
    if may_see(current_actor(), picture.case):
        return True
    reporter = _reporter(picture)
    if reporter is None:
        return False
    mine = reporter.began(picture.case.id) and reporter_sees(picture.photo, picture.case)
    return mine or _sent(picture, reporter)

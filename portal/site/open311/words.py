"""What programs are told when something is wrong; the standard has these read by people."""

from collections.abc import Mapping
from typing import Final

from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import register
from portal.reports.rules.open311 import Open311Refusal

R = Open311Refusal
register(
    {
        R.NO_SERVICE_CODE: _l("service_code was not provided."),
        R.UNKNOWN_SERVICE: _l("This service_code was not found."),
        R.UNKNOWN_JURISDICTION: _l("This jurisdiction_id was not found."),
        R.UNKNOWN_REQUEST: _l("This service_request_id was not found, or it is not public."),
        R.UNKNOWN_TOKEN: _l("This token was not found."),
        R.UNKNOWN_ADDRESS: _l("This address_id was not found."),
        R.NO_LOCATION: _l("A location is needed: lat and long, address_string or address_id."),
        R.BAD_POINT: _l("lat and long must be given together, as degrees (WGS-84)."),
        R.BAD_DATE: _l("%(name)s must be like 2026-11-01T00:00:00Z, with its time zone."),
        R.LONG_SPAN: _l("start_date and end_date may not span more than 90 days."),
        R.BACKWARDS: _l("end_date lies before start_date."),
        R.BAD_STATUS: _l("status must be open or closed."),
        R.BAD_PAGE: _l("page and page_size must be numbers from 1; page_size is at most 1000."),
        R.BAD_RADIUS: _l("radius must be a number of metres up to 50000, with lat and long."),
        R.LONG_DESCRIPTION: _l("description may have at most %(most)s characters."),
        R.BAD_MEDIA_URL: _l("media_url must be a web address of at most 500 characters."),
        R.MANY_FILES: _l("At most %(most)s photos can come with a report."),
        R.LONG_MARK: _l("%(name)s may have at most 200 characters."),
        R.UNKNOWN_ATTRIBUTE: _l("This service has no attribute %(name)s."),
        R.MISSING_ATTRIBUTE: _l("The attribute %(name)s is needed for this service."),
        R.BAD_ATTRIBUTE: _l("The value of attribute %(name)s does not fit its definition."),
        R.TOO_MANY: _l("Too many reports came with this api_key. Please try again in an hour."),
        R.NO_SUCH_METHOD: _l("There is no such method. See the discovery document."),
        R.FAILED: _l("The service failed. Please tell us."),
    }
)
# all other refusals are 400, as the standard has it
STATUS: Final[Mapping[Open311Refusal, int]] = {
    R.UNKNOWN_SERVICE: 404,
    R.UNKNOWN_JURISDICTION: 404,
    R.UNKNOWN_REQUEST: 404,
    R.UNKNOWN_TOKEN: 404,
    R.NO_SUCH_METHOD: 404,
    # no error of the request: the standard leaves such things to HTTP
    R.TOO_MANY: 429,
    R.FAILED: 500,
}

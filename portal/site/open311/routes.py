"""The methods of GeoReport v2, each in both formats, and the discovery."""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import key_holder, public, with_key
from portal.accounts.rules import ApiScope
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Refused
from portal.kernel.ids import clean_number
from portal.kernel.web import instance, reading
from portal.reports.queries.categories import categories_on
from portal.reports.queries.open311 import (
    attributes_of,
    listed_requests,
    number_of_token,
    request_page,
    service_on,
)
from portal.reports.rules.open311 import Open311Refusal
from portal.site.open311 import answers, asking, discovery, errors, filing
from portal.site.open311.formats import BARE, JSON, XML, respond

bp = Blueprint("open311", __name__)
errors.init_blueprint(bp)
V2 = "/open311/v2"
FORM = "<any(json, xml):form>"
REQUESTS = "service_requests"


@bp.before_request
def check_jurisdiction() -> None:
    """One city serves one jurisdiction: it may be left out, but not be another."""
    if request.endpoint == "open311.create":
        filing.allow_photos()
    asked = asking.sent("jurisdiction_id")
    if asked and asked != instance().city.code:
        raise Refused(Open311Refusal.UNKNOWN_JURISDICTION)


@bp.after_request
def let_others_read(response: Response) -> Response:
    """What is public may be read by pages of anybody; no cookie comes along."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@bp.get(f"/open311/discovery.{FORM}", endpoint="discovery")
@public
def show_discovery(form: str) -> ResponseReturnValue:
    """Where everything is; served bare, without a charset."""
    return respond("discovery", discovery.document(reading(), now()), form, types=BARE)


@bp.get("/open311/discovery", endpoint="discovery_bare")
@public
def choose_discovery() -> ResponseReturnValue:
    """The same for whoever names no format: as XML unless JSON is preferred."""
    best = request.accept_mimetypes.best_match([BARE[XML], BARE[JSON]], BARE[XML])
    form = JSON if best == BARE[JSON] else XML
    return respond("discovery", discovery.document(reading(), now()), form, types=BARE)


@bp.get(f"{V2}/services.{FORM}")
@public
def services(form: str) -> ResponseReturnValue:
    """Everything that can be reported today."""
    rows = categories_on(reading(), city_day(now(), instance().city.zone))
    found = [answers.service(row, attributes_of(row.code)) for row in rows]
    return respond("services", found, form)


@bp.get(f"{V2}/services/<code>.{FORM}")
@public
def service(code: str, form: str) -> ResponseReturnValue:
    """The further questions of one kind of problem."""
    row = service_on(reading(), code, city_day(now(), instance().city.zone))
    if row is None:
        raise Refused(Open311Refusal.UNKNOWN_SERVICE)
    found = answers.definition(row.code, attributes_of(row.code))
    return respond("service_definition", found, form)


@bp.get(f"{V2}/requests.{FORM}")
@public
def requests(form: str) -> ResponseReturnValue:
    """The public reports of some time."""
    asked, extended = asking.asked_list(now()), asking.wants_extensions()
    pages = listed_requests(reading(), asked)
    return respond(REQUESTS, [answers.matter(page, extended=extended) for page in pages], form)


@bp.get(f"{V2}/requests/<number>.{FORM}", endpoint="request")
@public
def one_request(number: str, form: str) -> ResponseReturnValue:
    """One report; the program that sent it finds it before it is public."""
    holder, known = key_holder(), clean_number(number)
    own = holder.id if holder and ApiScope.READ_OWN in holder.scopes else None
    page = request_page(reading(), known, own) if known else None
    if page is None:
        raise Refused(Open311Refusal.UNKNOWN_REQUEST)
    found = answers.matter(page, extended=asking.wants_extensions())
    return respond(REQUESTS, [found], form)


@bp.post(f"{V2}/requests.{FORM}")
@with_key(ApiScope.FILE)
def create(form: str) -> ResponseReturnValue:
    """File a report."""
    filed = filing.file_request()
    return respond(REQUESTS, [answers.created(filed, extended=asking.wants_extensions())], form)


@bp.get(f"{V2}/tokens/<token>.{FORM}")
@public
def token(token: str, form: str) -> ResponseReturnValue:
    """The number of the report behind a token of its receipt."""
    number = number_of_token(reading(), token)
    if number is None:
        raise Refused(Open311Refusal.UNKNOWN_TOKEN)
    return respond(REQUESTS, [{"service_request_id": number, "token": token}], form)


@bp.route("/open311/<path:rest>", methods=["GET", "POST"])
@public
def no_such_method(rest: str) -> ResponseReturnValue:
    """Anything else, said as the standard says it."""
    raise Refused(Open311Refusal.NO_SUCH_METHOD)

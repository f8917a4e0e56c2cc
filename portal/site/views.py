"""The house's own pages: home, help, how pages look, and whether we are alive."""

from flask import Blueprint, Response, make_response, render_template, request, send_from_directory
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public, requires
from portal.accounts.rules import Permission
from portal.kernel.clock import now
from portal.kernel.config import CHECKOUT
from portal.kernel.pages import local_path
from portal.kernel.web import database, reading
from portal.site import display, health, home

bp = Blueprint("site", __name__, template_folder="templates")


@bp.get("/", endpoint="home")
@public
def show_home() -> ResponseReturnValue:
    """The city today: what was reported and settled, what can I do here, near me."""
    return render_template(
        "site/home.html", today=home.city_today(reading(), now()), doors=home.doors()
    )


@bp.get("/help", endpoint="help")
@public
def show_help() -> ResponseReturnValue:
    """Telephone, people and paper ways for every service."""
    return render_template("site/help.html", services=home.services())


@bp.get("/help/paper")
@public
def paper() -> ResponseReturnValue:
    """One form on paper for every service, to print and hand in."""
    return render_template("site/paper.html")


@bp.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    """Text size and colours by link, kept in a cookie."""
    back = local_path(request.args.get("back"))
    page = render_template(
        "site/accessibility.html",
        choices=display.options(back),
        back=back,
        usual=display.usual(back),
    )
    response = make_response(page)
    for name in display.CHOICES:
        if value := display.asked(name):
            display.keep(response, name, value)
    return response


@bp.get("/admin/")
@requires(Permission.DESK_OPEN)
def admin() -> ResponseReturnValue:
    """What this person looks after: places, units, people, cards."""
    return render_template("site/admin.html", doors=home.kept_by(current_actor()))


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Alive: the process answers."""
    return Response("ok\n", mimetype="text/plain", headers={"Cache-Control": "no-store"})


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Ready: database reachable, migrations at head, jobs alive."""
    problems = health.problems(database(), now())
    text = "\n".join(problems) or "ready"
    headers = {"Cache-Control": "no-store"}
    return Response(f"{text}\n", 503 if problems else 200, headers, mimetype="text/plain")


@bp.get("/robots.txt")
@public
def robots() -> ResponseReturnValue:
    """What search engines may read: the public pages, not the forms or the staff's."""
    return send_from_directory(CHECKOUT / "static", "robots.txt")


@bp.get("/favicon.ico")
@public
def favicon() -> ResponseReturnValue:
    """The mark, for browsers that ask by the old name."""
    return send_from_directory(CHECKOUT / "static" / "img", "mark.svg")

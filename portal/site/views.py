"""The house's own pages: home, help, how pages look, and whether we are alive."""

import json

from flask import (
    Blueprint,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    send_from_directory,
    url_for,
)
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public, requires
from portal.accounts.rules import Permission
from portal.kernel.clock import now
from portal.kernel.config import CHECKOUT
from portal.kernel.errors import Missing
from portal.kernel.pages import local_path
from portal.kernel.web import database, reading
from portal.reports.service.webhooks import stopped_names
from portal.site import display, health, home, services, ways, worker
from portal.site.navigation import page_exists

bp = Blueprint("site", __name__, template_folder="templates")
bp.add_app_template_global(ways.ways_for, "ways_for")
bp.add_app_template_global(worker.worker_url, "worker_url")


@bp.get("/", endpoint="home")
@public
def show_home() -> ResponseReturnValue:
    """The city today: what was reported and settled, what can I do here, near me."""
    return render_template(
        "site/home.html",
        page=home.home_page(reading(), now()),
        doors=home.doors(),
        stages=home.STAGES,
    )


@bp.get("/help", endpoint="help")
@public
def show_help() -> ResponseReturnValue:
    """Telephone, people and paper ways for every service."""
    return render_template("site/help.html", services=services.offered())


@bp.get("/help/paper")
@public
def paper() -> ResponseReturnValue:
    """The paper forms of all services, to print and hand in."""
    return render_template("site/papers.html", services=services.offered())


@bp.get("/help/paper/<code>")
@public
def paper_form(code: str) -> ResponseReturnValue:
    """One service's form on paper, with a QR code that leads back to its page."""
    service = services.BY_CODE.get(code)
    if service is None or not page_exists(service.url):
        raise Missing
    if code == ways.REPORT:
        return redirect(url_for("reports.paper"))
    return render_template("site/paper.html", **ways.form_context(service))


@bp.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    """How pages look: every choice by link, kept in cookies; with ``go`` straight back."""
    back = local_path(request.args.get("back"))
    if "go" in request.args:
        return display.keep_asked(make_response(redirect(back, 303)))
    page = render_template(
        "site/accessibility.html", choices=display.tools(back, whole=True), back=back
    )
    return display.keep_asked(make_response(page))


@bp.get("/admin/")
@requires(Permission.DESK_OPEN)
def admin() -> ResponseReturnValue:
    """What this person looks after: places, units, people, cards."""
    doors, stopped = home.kept_by(current_actor()), sorted(stopped_names(reading()))
    return render_template("site/admin.html", doors=doors, stopped=stopped)


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Alive: the process answers."""
    return Response("ok\n", mimetype="text/plain", headers={"Cache-Control": "no-store"})


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Ready: database reachable, migrations at head, jobs alive; and what wants care, in words."""
    problems = health.problems(database(), now())
    text = "\n".join(problems or ["ready", *health.warnings(database(), now())])
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


@bp.get("/sw.js", endpoint="worker")
@public
def service_worker() -> ResponseReturnValue:
    """The worker that keeps the one-page report for times without a network."""
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/"}
    return Response(worker.worker_script(), mimetype="text/javascript", headers=headers)


@bp.get("/manifest.webmanifest")
@public
def manifest() -> ResponseReturnValue:
    """Name, colours and icons for a home screen."""
    headers = {"Cache-Control": "no-cache"}
    text = json.dumps(worker.manifest(), ensure_ascii=False)
    return Response(text, mimetype="application/manifest+json", headers=headers)

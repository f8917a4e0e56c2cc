"""The sealed log in public: whose signature to check. Entries themselves are shown to nobody."""

from flask import Response
from flask.typing import ResponseReturnValue

from credit.service.logfiles import log_files
from credit.views.blueprint import bp
from portal.accounts.access import public
from portal.kernel.errors import Missing
from portal.kernel.web import reading


@bp.get("/credit/log/vkey")
@public
def log_key() -> ResponseReturnValue:
    """The verifier key of the log, as one line (C2SP signed-note)."""
    key = log_files(reading()).verifier()
    if key is None:
        raise Missing
    return Response(f"{key}\n", mimetype="text/plain")

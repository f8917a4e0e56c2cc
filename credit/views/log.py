"""The sealed log for programs: checkpoint, tiles, keys, and the door for witnesses.

Entries themselves are shown to nobody: there is no ``tile/entries`` here, and there never will be.
"""

from typing import Final

from flask import Response, request
from flask.typing import ResponseReturnValue

from credit.rules.note import LONGEST
from credit.rules.tiles import BadTile, parse_path
from credit.rules.witness import STATUS, CosignAnswer
from credit.service.comparing import verifier_keys
from credit.service.logfiles import LogFiles, files_of_log, log_files
from credit.service.witnessing import served_checkpoint, take_cosignatures
from credit.views.blueprint import bp
from portal.accounts.access import by_capability, public
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.web import reading, writing_by_key
from portal.kernel.words import say

FOR_EVER: Final = "public, max-age=31536000, immutable"
SHORT: Final = "public, max-age=5"
# a log that is begun after a loss has this address too: nobody may keep the lost tiles for long
WHILE: Final = "public, max-age=3600"


@bp.get("/credit/log/vkey")
@public
def log_key() -> ResponseReturnValue:
    """The verifier keys of the log, one a line (C2SP signed-note): the one that signs now first."""
    keys = verifier_keys(reading())
    if not keys:
        raise Missing
    return Response("".join(f"{key}\n" for key in keys), mimetype="text/plain")


@bp.get("/credit/log/checkpoint")
@public
def log_checkpoint() -> ResponseReturnValue:
    """How large the log is and what its root is, signed by it and by its witnesses."""
    note = served_checkpoint(reading())
    if note is None:
        raise Missing
    return Response(note, mimetype="text/plain", headers={"Cache-Control": SHORT})


@bp.get("/credit/log/tile/<path:address>")
@public
def log_tile(address: str) -> ResponseReturnValue:
    """A tile of the served checkpoint (C2SP tlog-tiles). A full one never changes in its log."""
    return _tile(log_files(reading()), f"tile/{address}", WHILE)


@bp.get("/credit/log/<int(min=1, max=999999):log>/checkpoint")
@public
def numbered_checkpoint(log: int) -> ResponseReturnValue:
    """The last checkpoint of one of the logs: after a loss the ended one stays to be compared."""
    note = files_of_log(reading(), log).published()
    if note is None:
        raise Missing
    return Response(note, mimetype="text/plain", headers={"Cache-Control": SHORT})


@bp.get("/credit/log/<int(min=1, max=999999):log>/tile/<path:address>")
@public
def numbered_tile(log: int, address: str) -> ResponseReturnValue:
    """A tile of one of the logs, under an address that no other log will ever have."""
    return _tile(files_of_log(reading(), log), f"tile/{address}", FOR_EVER)


def _tile(files: LogFiles, path: str, full: str) -> Response:
    try:
        tile, data = parse_path(path), files.public_tile(path)
    except (BadTile, FileNotFoundError) as error:
        raise Missing from error
    headers = {"Cache-Control": full if tile.full else SHORT}
    return Response(data, mimetype="application/octet-stream", headers=headers)


@bp.post("/credit/log/cosign")
@by_capability
def cosign_log() -> ResponseReturnValue:
    """A witness hands in a checkpoint with her signature below it. The signature is the key."""
    request.max_content_length = LONGEST
    note = request.get_data(cache=False)
    with writing_by_key() as session:
        answer = take_cosignatures(session, note, address=request.remote_addr or "", now=now())
    headers = {"Retry-After": "3600"} if answer is CosignAnswer.TOO_OFTEN else {}
    return Response(f"{say(answer)}\n", STATUS[answer], headers, mimetype="text/plain")

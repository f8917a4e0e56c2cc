"""One entry of one's own, whole: why, what it says when sealed, and how anybody can check it."""

import json
from dataclasses import dataclass
from typing import Any, Final

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from credit.labels.mine import LEAF_FIELDS
from credit.queries.mine import Line, Mine, line_of, mine, related_to
from credit.rules.receipt import SUFFIX
from credit.service.checking import TOOLS, read_tool
from credit.service.logfiles import log_files
from credit.service.proofs import Proof, details_file, prove_entry
from credit.service.writing import leaf_hash, leaf_of
from credit.views.blueprint import bp
from credit.views.mine_words import Row, entry_behind, row_of, rows_of
from portal.accounts.access import current_actor, public, signed_in
from portal.kernel.errors import Missing
from portal.kernel.qr import qr_svg
from portal.kernel.web import Session, instance, reading

CHECK: Final = "/credit/check"


@dataclass(frozen=True)
class Shown:
    """An entry with its proof, if it has one yet."""

    line: Line
    row: Row
    proof: Proof | None
    related: list[Row]


@bp.get("/credit/entries/<code>")
@signed_in
def my_entry(code: str) -> ResponseReturnValue:
    """The whole entry; only its holder can see it."""
    shown = _shown(reading(), code)
    leaf = json.loads(leaf_of(shown.line.entry).encode())
    fields = [(*LEAF_FIELDS[name], value) for name, value in leaf.items() if name in LEAF_FIELDS]
    return render_template("credit/mine/entry.html", shown=shown, row=shown.row, fields=fields)


@bp.get("/credit/entries/<code>/proof")
@signed_in
def my_proof(code: str) -> ResponseReturnValue:
    """The proof as a file (C2SP tlog-proof), for software that is not ours."""
    shown = _shown(reading(), code)
    if shown.proof is None:
        raise Missing
    return _file(shown.proof.data, f"entry-{shown.proof.seq}{SUFFIX}", "text/plain")


@bp.get("/credit/entries/<code>/details.json")
@signed_in
def my_details(code: str) -> ResponseReturnValue:
    """What lies under the entry's fingerprint of details, with the key that opens it."""
    found = details_file(_shown(reading(), code).line)
    if found is None:
        raise Missing
    body = json.dumps(found, ensure_ascii=False, indent=2).encode()
    return _file(body, "details.json", "application/json")


@bp.get("/credit/entries/<code>/receipt")
@signed_in
def my_receipt(code: str) -> ResponseReturnValue:
    """The receipt on paper."""
    shown = _shown(reading(), code)
    if shown.proof is None:
        raise Missing
    check = f"{instance().config.origin}{CHECK}"
    return render_template(
        "credit/mine/receipt.html", shown=shown, row=shown.row, proof=shown.proof,
        key=_verifier(reading()), fingerprint=leaf_hash(shown.line.entry).hex(),
        check=check, qr=qr_svg(check),
    )  # fmt: skip


def _shown(session: Session, code: str) -> Shown:
    """An entry of hers. Raises Missing for anybody else's."""
    entry_id, who = entry_behind(code), _me(session)
    line = line_of(session, who.accounts, entry_id) if entry_id else None
    if line is None:
        raise Missing
    related = rows_of(related_to(session, who.accounts, line.entry))
    return Shown(line, row_of(line), prove_entry(session, line.entry), related)


def _me(session: Session) -> Mine:
    return mine(session, current_actor().person_id)


def _verifier(session: Session) -> str:
    key = log_files(session).verifier()
    return str(key) if key else ""


def _file(body: bytes, name: str, kind: str) -> Response:
    headers = {
        "Content-Disposition": f"attachment; filename={name}",
        "Cache-Control": "private, no-store",
    }
    return Response(body, mimetype=kind, headers=headers)


@bp.get(CHECK)
@public
def check_help() -> ResponseReturnValue:
    """How anybody checks a receipt, also without a network and without us."""
    tools: dict[str, Any] = {name: read_tool(name) for name in TOOLS}
    return render_template("credit/mine/check.html", tools=tools, key=_verifier(reading()))


@bp.get("/credit/check/<tool>")
@public
def check_tool(tool: str) -> ResponseReturnValue:
    """A small program to check with, as a file."""
    if tool not in TOOLS:
        raise Missing
    headers = {"Content-Disposition": f"attachment; filename={tool}"}
    return Response(read_tool(tool), mimetype="text/plain", headers=headers)

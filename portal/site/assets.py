"""Static files: one stylesheet of many, named by content, kept compressed in memory.

A first view costs few requests and few bytes (docs/decisions/0010-compression.md): the sheets that
every page needs are joined into ``css/site.css``, which exists in memory only, together with the
city's colours. ``css/`` is also where it seems to lie, so that ``url(../fonts/…)`` means the same.
"""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

from flask import Flask, Response, abort, g, request, send_from_directory, session, url_for
from werkzeug.security import safe_join

from portal.accounts.access import public
from portal.kernel.city import City
from portal.kernel.config import CHECKOUT
from portal.kernel.web import instance

STATIC: Final = CHECKOUT / "static"
YEAR: Final = 31_536_000
DAY: Final = 86_400
# in this order: later sheets may change what earlier ones say; a star takes all in their order
BUNDLES: Final[Mapping[str, tuple[str, ...]]] = {
    "site": ("tokens", "base", "layout", "modes", "fonts", "parts", "parts-*"),
}
PRINTED: Final = "print"
EMBLEMS: Final = "city/"
TEXTS: Final = frozenset(
    {
        "application/javascript", "application/json", "application/manifest+json",
        "image/svg+xml", "text/css", "text/html", "text/javascript", "text/plain",
    }
)  # fmt: skip
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_LINE_ENDS = re.compile(r"\s*\n\s*")


@dataclass(frozen=True)
class Text:
    """A text file as it is sent, plain or compressed."""

    body: bytes
    kind: str

    @cached_property
    def version(self) -> str:
        """The name of the content: another content has another."""
        return hashlib.sha256(self.body).hexdigest()[:10]

    @cached_property
    def packed(self) -> bytes:
        # these files hold no secret and echo nobody: compressing them tells nothing (BREACH)
        return gzip.compress(self.body, 9, mtime=0)


def init_app(app: Flask) -> None:
    """Serve ``/static/`` by our own rules, and offer the addresses to templates."""
    app.view_functions["static"] = public(serve)
    app.after_request(forget_session)
    app.add_template_global(asset)
    app.add_template_global(asset_bundle)


def forget_session(response: Response) -> Response:
    """A file is the same for everyone: a cookie that changes must not spoil what a browser kept."""
    if request.endpoint == "static":
        session.accessed = False  # else Flask adds ``Vary: Cookie``
    return response


def asset(name: str) -> str:
    """The address of a static file, named by its content so that it can be kept for a year."""
    # a page names the sheet of its pictograms at each of them; the file does not change meanwhile
    known: dict[str, str] = g.setdefault("assets", {})
    if name not in known:
        known[name] = url_for("static", filename=name, v=_version(name))
    return known[name]


def asset_bundle(name: str) -> str:
    """The address of several stylesheets as one: ``asset_bundle("site")``."""
    return asset(f"css/{name}.css")


def serve(filename: str) -> Response:
    """A static file, a joined stylesheet or the city's emblem."""
    text = _text(filename)
    if text is not None:
        response = _sent(text)
    else:
        # photos, fonts: packed already
        response = send_from_directory(STATIC, filename, max_age=DAY)
    if request.args.get("v") == _version(filename):
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response


def _sent(text: Text) -> Response:
    packed = request.accept_encodings.quality("gzip") > 0 and len(text.packed) < len(text.body)
    response = Response(text.packed if packed else text.body, mimetype=text.kind)
    response.set_etag(f"{text.version}-gzip" if packed else text.version)
    if packed:
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    response.cache_control.public = True
    # not immutable: the address does not name the content, or names that of another day
    response.cache_control.max_age = DAY
    response.make_conditional(request)
    return response


def _version(name: str) -> str:
    text = _text(name)
    if text is not None:
        return text.version
    path = _file(name)
    return _fingerprint(path, path.stat().st_mtime_ns)


def _text(name: str) -> Text | None:
    """The text that goes by this name; None for pictures, fonts and what is not there."""
    bundle = name.removeprefix("css/").removesuffix(".css")
    if name == f"css/{bundle}.css" and bundle in BUNDLES:
        return _bundle(bundle, instance().city)
    kind = mimetypes.guess_type(name)[0] or ""
    path = _file(name) if kind in TEXTS else None
    return _read(path, path.stat().st_mtime_ns, kind) if path and path.is_file() else None


def _file(name: str) -> Path:
    city = instance().city
    if name.startswith(EMBLEMS):
        if name != city.look.emblem:
            abort(404)
        return city.folder / name.removeprefix(EMBLEMS)
    # the router refuses what begins with a slash, safe_join what climbs up
    path = safe_join(str(STATIC), name)
    return Path(path) if path else abort(404)


@lru_cache(maxsize=256)
def _fingerprint(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


@lru_cache(maxsize=256)
def _read(path: Path, _changed: int, kind: str) -> Text:
    return Text(path.read_bytes(), kind)


def _bundle(name: str, city: City) -> Text:
    sheets = _sheets(name, (STATIC / "css").stat().st_mtime_ns)
    changed = tuple(path.stat().st_mtime_ns for path in sheets)
    return _joined(sheets, changed, city.look.colour, city.look.deep, city.look.soft)


@lru_cache(maxsize=16)
def _sheets(name: str, _changed: int) -> tuple[Path, ...]:
    # every page asks; a file that comes or goes changes its folder
    found = (sorted((STATIC / "css").glob(f"{one}.css")) for one in (*BUNDLES[name], PRINTED))
    return tuple(path for paths in found for path in paths)


@lru_cache(maxsize=16)
def _joined(
    sheets: tuple[Path, ...], _changed: tuple[int, ...], colour: str, deep: str, soft: str
) -> Text:
    parts = []
    for path in sheets:
        text = squeezed(path.read_text("utf-8"))
        parts.append(f"@media print{{{text}}}" if path.stem == PRINTED else text)
        if path.stem == "tokens":
            # the schemes' selectors are stronger, so that a scheme keeps its own colours
            parts.append(f":root{{--brand:{colour};--brand-deep:{deep};--brand-soft:{soft}}}")
    return Text("\n".join(parts).encode(), "text/css")


def squeezed(sheet: str) -> str:
    """A stylesheet without comments and indents."""
    return _LINE_ENDS.sub("\n", _COMMENT.sub("", sheet)).strip()

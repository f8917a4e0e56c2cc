"""What every response carries, and which requests are turned away before any view sees them."""

import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response, abort, g, request, session

from portal.kernel.config import Config
from portal.kernel.web import SAFE_METHODS, instance

PERMISSIONS = "camera=(), microphone=(), payment=(), usb=(), browsing-topics=(), geolocation=(self)"
YEAR = 31_536_000


def init_app(app: Flask) -> None:
    """Add the checks before and the headers after each request."""
    app.before_request(limit_text)
    app.before_request(refuse_other_sites)
    app.after_request(add_headers)
    app.after_request(stay_here)


def cookie_settings(config: Config) -> dict[str, Any]:
    """Flask's settings for the session cookie: as strict as the origin allows."""
    return {
        # __Host- pins the cookie to this very host, and browsers demand Secure for it
        "SESSION_COOKIE_NAME": "__Host-session" if config.secure else "session",
        "SESSION_COOKIE_SECURE": config.secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=30),
    }


def nonce() -> str:
    """The random word that lets this response's own scripts run."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def limit_text() -> None:
    """A form without files is text only: it need not be as large as a photo."""
    if request.mimetype == "application/x-www-form-urlencoded":
        request.max_content_length = request.max_form_memory_size


def refuse_other_sites() -> None:
    """A form on another site never reaches a view, even before its token is looked at."""
    if request.method in SAFE_METHODS:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        abort(403)


def content_security_policy(config: Config, word: str) -> str:
    """Own files only, no inline script or style; map tiles from the configured hosts."""
    tiles = " ".join(sorted({_host(str(source["url"])) for source in config.tiles}))
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{word}'",
            "style-src 'self'",
            f"img-src 'self' data: blob: {tiles}".rstrip(),
            "connect-src 'self'",
            "font-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def _host(url: str) -> str:
    """``https://t{s}.example.cn/{z}/…`` → ``https://*.example.cn``: CSP has no other wildcard."""
    parts = urlsplit(url)
    host = parts.netloc
    if "{" in host:
        host = "*." + host.split(".", 1)[1]
    return f"{parts.scheme}://{host}"


def add_headers(response: Response) -> Response:
    """The contract's headers; a view that knows better has set its own already."""
    config = instance().config
    headers = response.headers
    headers.setdefault("Content-Security-Policy", content_security_policy(config, nonce()))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    # same-origin, because under no-referrer a browser sends "Origin: null" with its own forms
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", PERMISSIONS)
    headers.setdefault("X-Frame-Options", "DENY")
    if config.secure:
        headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}; includeSubDomains")
    _set_caching(response)
    return response


def stay_here(response: Response) -> Response:
    """Redirects are relative: those of the router itself would name whatever Host was sent."""
    parts = urlsplit(response.headers.get("Location", ""))
    if parts.netloc:
        path = "/" + parts.path.lstrip("/")
        response.headers["Location"] = urlunsplit(("", "", path, parts.query, parts.fragment))
    return response


def _set_caching(response: Response) -> None:
    # files have their own; a page that says there is no such file may show who reads it
    if "Cache-Control" in response.headers:
        return
    # on a shared computer the Back button must not show what somebody signed in saw
    signed_in = "_user_id" in session
    response.headers["Cache-Control"] = "no-store" if signed_in else "private, no-cache"
    response.vary.add("Cookie")

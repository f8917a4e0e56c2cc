"""The application: what every request passes through, and the packages' pages."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.kernel import i18n
from portal.kernel.config import CHECKOUT
from portal.kernel.db import Database
from portal.kernel.instance import Instance, open_for
from portal.kernel.web import close_reading
from portal.site import (
    assets,
    compression,
    context,
    errors,
    metrics,
    packages,
    requestlog,
    security,
    unruly,
)
from portal.site.places import noticeboard

MEGABYTE = 1024 * 1024
# one photo of 10 MB with its form; nginx in front needs client_max_body_size to match
MAX_UPLOAD = 12 * MEGABYTE
# a text of 100,000 characters is 900 kB when a browser encodes it: it shall get words, not a 413
MAX_TEXT = 2 * MEGABYTE


def create_app(instance: Instance, database: Database | None = None) -> Flask:
    """Build the portal for one installation. Opens no connection and writes nothing."""
    app = Flask("portal.site", static_folder=str(CHECKOUT / "static"), template_folder="templates")
    app.extensions["gongzhi_instance"] = instance
    app.extensions["gongzhi_database"] = database or open_for(instance)
    _configure(app, instance)
    i18n.init_app(app, instance.city.zone)
    # what is registered first runs last after a request: these two see the finished response
    for step in (assets, compression, metrics, requestlog, security, errors, context, unruly):
        step.init_app(app)
    noticeboard.init_app(app)
    packages.init_app(app)
    app.teardown_request(close_reading)
    return app


def _configure(app: Flask, instance: Instance) -> None:
    config = instance.config
    app.secret_key = instance.vault.derive("cookies")
    app.config.update(
        BABEL_DEFAULT_LOCALE=instance.city.default_language,
        BABEL_TRANSLATION_DIRECTORIES=str(CHECKOUT / "translations"),
        DEMO=False,
        MAX_CONTENT_LENGTH=MAX_UPLOAD,
        MAX_FORM_MEMORY_SIZE=MAX_TEXT,
        MAX_FORM_PARTS=500,
        **security.cookie_settings(config),
    )
    app.jinja_options = {**app.jinja_options, "trim_blocks": True, "lstrip_blocks": True}
    if config.trusted_proxies:
        count = config.trusted_proxies
        # the Host header is never trusted, so x_host stays out; links come from GONGZHI_ORIGIN
        behind = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)
        app.wsgi_app = behind  # type: ignore[method-assign]  # Flask's documented way

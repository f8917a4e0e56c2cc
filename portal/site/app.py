"""The application: what every request passes through, and the packages' pages."""

from flask import Flask

from portal.kernel.config import CHECKOUT
from portal.kernel.db import Database
from portal.kernel.i18n import babel, chosen_language
from portal.kernel.instance import Instance, open_for
from portal.kernel.web import close_reading


def create_app(instance: Instance, database: Database | None = None) -> Flask:
    """Build the portal for one installation. Opens no connection and writes nothing."""
    app = Flask(
        "portal.site", static_folder=str(CHECKOUT / "static"), template_folder="templates"
    )
    app.secret_key = instance.vault.derive("cookies")
    app.extensions["gongzhi_instance"] = instance
    app.extensions["gongzhi_database"] = database or open_for(instance)
    app.config["BABEL_DEFAULT_LOCALE"] = instance.city.default_language
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(CHECKOUT / "translations")
    babel.init_app(app, locale_selector=chosen_language)
    app.teardown_request(close_reading)
    return app

"""What a server's worker starts from: the environment, nothing else."""

from flask import Flask

from portal.accounts.queries import demo_exists
from portal.kernel.blobs import BlobStore
from portal.kernel.city import load_city
from portal.kernel.config import BadSetting, Config, load_config
from portal.kernel.instance import Instance, open_for
from portal.kernel.logs import configure_logging
from portal.kernel.photo_fields import MOST_POSTED
from portal.kernel.vault import Vault
from portal.reports.rules.guarding import at_once_from
from portal.reports.rules.retention import months_from
from portal.site.app import MAX_UPLOAD, create_app
from portal.site.unfinished import refuse_unfinished
from portal.site.waiting import ReadFirst

# whatever some form accepts: a body that a slow sender could hold a working turn with
READ_FIRST = max(MAX_UPLOAD, MOST_POSTED)


def open_instance(config: Config) -> Instance:
    """The installation that the settings describe. Raises BadSetting before anything starts."""
    city = load_city(config.city)
    try:
        months_from(city.thresholds)
        at_once_from(city.raw)
    except ValueError as error:
        raise BadSetting("GONGZHI_CITY", f"a city file that protects reporters: {error}") from error
    return Instance(config, city, Vault(config.secret_key), BlobStore(config.blobs))


def build() -> Flask:
    """The application of one worker. Creates no tables: ``gongzhi db upgrade`` did."""
    configure_logging()
    config = load_config()
    refuse_unfinished(config.instance)
    instance = open_instance(config)
    database = open_for(instance)
    app = create_app(instance, database)
    with database.read() as session:
        app.config["DEMO"] = demo_exists(session)
    reading_first = ReadFirst(app.wsgi_app, limit=READ_FIRST)
    app.wsgi_app = reading_first  # type: ignore[method-assign]  # Flask's documented way
    return app

"""Where the interface is, in which formats, and whom to ask: the discovery document."""

from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from portal.kernel.clock import local
from portal.kernel.i18n import gettext as _
from portal.kernel.i18n import in_words
from portal.kernel.web import instance
from portal.reports.queries.open311 import changed_on
from portal.site.open311.formats import BARE, JSON, XML

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"


def document(session: Session, now: datetime) -> dict[str, Any]:
    """The discovery document; its changeset is the day on which the services last changed."""
    city = instance().city
    changed = f"{local(changed_on(session, now), city.zone):%Y-%m-%d %H:%M}"
    facts = {"city": in_words(city.names), "phone": city.hotline}
    return {
        "changeset": changed,
        "contact": _("%(city)s: call %(phone)s.", **facts),
        "key_service": _("The city issues keys for programs: call %(phone)s.", **facts),
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": f"{instance().config.origin}/open311/v2",
                "changeset": changed,
                "type": "test" if current_app.config["DEMO"] else "production",
                "formats": [BARE[XML], BARE[JSON]],
            }
        ],
    }

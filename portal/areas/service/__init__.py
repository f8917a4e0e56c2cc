"""What may happen to places: lists are imported, places are edited, features are switched."""

from portal.areas.service.city import load_city_places
from portal.areas.service.details import (
    add_permitted_place,
    end_permitted_place,
    save_card,
    set_switch,
)
from portal.areas.service.lists import ListReport, import_cards, import_names, import_places
from portal.areas.service.outlines import import_outlines, read_outline
from portal.areas.service.places import add_area, edit_area, fingerprint, set_outline
from portal.areas.service.sites import import_sites
from portal.areas.service.turn import renew_version

__all__ = [
    "ListReport",
    "add_area",
    "add_permitted_place",
    "edit_area",
    "end_permitted_place",
    "fingerprint",
    "import_cards",
    "import_names",
    "import_outlines",
    "import_places",
    "import_sites",
    "load_city_places",
    "read_outline",
    "renew_version",
    "save_card",
    "set_outline",
    "set_switch",
]

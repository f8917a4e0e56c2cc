"""What may happen to organisations: they begin, are renamed, end, and others follow them."""

from portal.organisations.service.lists import (
    ImportReport,
    import_organisations,
    load_city_organisations,
)
from portal.organisations.service.register import (
    add_organisation,
    edit_organisation,
    end_organisation,
)
from portal.organisations.service.standing import hold_for_work, set_standing

__all__ = [
    "ImportReport",
    "add_organisation",
    "edit_organisation",
    "end_organisation",
    "hold_for_work",
    "import_organisations",
    "load_city_organisations",
    "set_standing",
]

"""Pages of places and organisations: public ones, and those of their keepers."""

from portal.site.places import admin, organisations
from portal.site.places.public import bp

__all__ = ["admin", "bp", "organisations"]

"""Pages of places and organisations: public ones, and those of their keepers."""

from portal.site.places import admin, noticeboard, organisations
from portal.site.places.public import bp

__all__ = ["admin", "bp", "noticeboard", "organisations"]

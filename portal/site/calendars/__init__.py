"""Pages for those who keep the calendars of working time."""

from portal.site.calendars.pages import bp

__all__ = ["bp"]

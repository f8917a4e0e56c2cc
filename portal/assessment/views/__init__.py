"""Pages of assessment. Importing a module registers its routes."""

from portal.assessment.views import desk, dispatch, lamps, public
from portal.assessment.views.blueprint import bp

__all__ = ["bp", "desk", "dispatch", "lamps", "public"]

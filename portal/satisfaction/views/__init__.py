"""Pages of data and of surveys. Importing a module registers its routes."""

from portal.satisfaction.views import data, survey_desk, surveys
from portal.satisfaction.views.blueprint import bp

__all__ = ["bp", "data", "survey_desk", "surveys"]

"""The blueprint of data and surveys; the modules beside it hang their routes on it."""

from flask import Blueprint

bp = Blueprint("satisfaction", "portal.satisfaction", template_folder="templates")

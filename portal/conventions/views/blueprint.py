"""The blueprint of the pages of conventions; the modules beside it hang their routes on it."""

from flask import Blueprint

bp = Blueprint("conventions", "portal.conventions", template_folder="templates")

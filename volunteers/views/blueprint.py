"""The blueprint of the volunteers' pages; the modules beside it hang their routes on it."""

from flask import Blueprint

bp = Blueprint("volunteers", "volunteers", template_folder="templates")

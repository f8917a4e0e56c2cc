"""The blueprint of the pages of publicity; the modules beside it hang their routes on it."""

from flask import Blueprint

bp = Blueprint("publicity", "portal.publicity", template_folder="templates")

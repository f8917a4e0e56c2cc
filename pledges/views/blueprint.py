"""The blueprint of the pages of pledges; the modules beside it hang their routes on it."""

from flask import Blueprint

bp = Blueprint("pledges", "pledges", template_folder="templates")

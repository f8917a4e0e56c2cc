"""The blueprint of adoption; the modules beside it hang their routes on it."""

from flask import Blueprint

bp = Blueprint("adoption", "volunteers", template_folder="templates")

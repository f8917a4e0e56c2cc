"""The pages of accounts hang on this blueprint."""

from flask import Blueprint

bp = Blueprint("accounts", "portal.accounts", template_folder="templates")

"""The blueprint of boosts."""
from flask import Blueprint

pages = Blueprint("boosts", __name__)

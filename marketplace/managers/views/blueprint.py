"""The blueprint all pages of managers are on."""
from flask import Blueprint

pages = Blueprint("managers", __name__)

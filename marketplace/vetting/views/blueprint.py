"""The blueprint all pages of vetting are on."""
from flask import Blueprint

pages = Blueprint("vetting", __name__)

"""Where the routes of payments hang: pages for people, doors for Stripe."""
from flask import Blueprint

pages = Blueprint("payments", __name__)
machines = Blueprint("payments_machines", __name__)

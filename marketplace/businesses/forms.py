"""What may be typed about a business."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.validators import DataRequired, Email, InputRequired

from marketplace.businesses.models import Role
from marketplace.core.forms import Form, Line, Paragraph
from marketplace.core.vocabulary import DISTRICTS, TRADES

ROLES = (
    (Role.owner, _l("Business owner")),
    (Role.finance, _l("Finance")),
    (Role.approver, _l("Approver")),
    (Role.viewer, _l("Viewer")),
)
CHOOSE = ("", _l("Choose"))
REQUIRED = DataRequired(_l("Write something here."))
CHOSEN = InputRequired(_l("Choose one."))


class BusinessForm(Form):
    """A business as it presents itself."""

    name = Line(_l("Name of the business"), [REQUIRED], most=120)
    trade = SelectField(_l("Trade"), [CHOSEN], choices=[CHOOSE, *TRADES])
    district = SelectField(_l("District"), [CHOSEN], choices=[CHOOSE, *DISTRICTS])
    about = Paragraph(_l("What do you sell, and to whom?"), most=2000,
                      description=_l("Managers read this before they bid. Leave out phone numbers and addresses."))


class BrandForm(Form):
    """A brand and its guide."""

    name = Line(_l("Name of the brand"), [REQUIRED], most=120)
    trade = SelectField(_l("Trade"), [CHOSEN], choices=[CHOOSE, *TRADES])
    about = Paragraph(_l("What is sold under this name?"), most=2000)
    guide = Paragraph(_l("Brand guide"), most=8000, render_kw={"rows": 10},
                      description=_l("How to address customers, words to use and to avoid, colours, prices that may be told, who takes "
                                     "orders. The manager accepts this text with the contract."))


class InvitationForm(Form):
    """Whom to invite."""

    email = Line(_l("E-mail"), [REQUIRED, Email(_l("Write an e-mail address, such as rina@example.com."))], most=254,
                 render_kw={"type": "email", "inputmode": "email", "autocomplete": "off"})
    role = RadioField(_l("What may this person do?"), [CHOSEN], choices=ROLES, default=Role.viewer)


class RoleForm(Form):
    """A member's role."""

    role = SelectField(_l("Role"), [CHOSEN], choices=ROLES)

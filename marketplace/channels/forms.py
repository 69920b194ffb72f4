"""What may be typed about a connection."""
from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from marketplace.businesses.models import Brand
from marketplace.core.forms import Form

CHOSEN = InputRequired(_l("Choose one."))


class PageForm(Form):
    """Which of the ticked pages to connect, and whose page it is."""

    page = RadioField(_l("Page"), [CHOSEN])
    brand = SelectField(_l("Brand"), [CHOSEN])

    def offer(self, candidates: list[dict[str, Any]], brands: list[Brand]) -> None:
        """Fill in what there is to choose from."""
        self.page.choices = [(page["id"], page["name"]) for page in candidates if page["ticked"]]
        self.brand.choices = [(str(brand.id), brand.name) for brand in brands]

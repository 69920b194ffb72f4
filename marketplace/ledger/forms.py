"""What finance seeks in the books."""
from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField
from wtforms.validators import Optional

from marketplace.core.forms import Form, Line, MoneyField
from marketplace.ledger.queries import Search


class SearchForm(Form):
    """Asked by address, so that a search can be kept; it changes nothing and carries no token."""

    class Meta(Form.Meta):
        """Without a token."""

        csrf = False

    q = Line(_l("Subject, contract, party, key or an id of Stripe"), most=160)
    amount = MoneyField(_l("Sum of one entry"), [Optional()], least=1)
    first = DateField(_l("From day"), [Optional()])
    last = DateField(_l("Until day"), [Optional()])

    def search(self) -> Search:
        """What is sought, as far as it could be read."""
        self.validate()
        read: dict[str, Any] = {name: None if self[name].errors else self[name].data for name in ("amount", "first", "last")}
        return Search((self.q.data or "").strip()[:160], read["amount"], read["first"], read["last"])


class AccountsForm(Form):
    """Which accounts are listed."""

    class Meta(Form.Meta):
        """Without a token."""

        csrf = False

    kind = SelectField(_l("Kind"), choices=[], validate_choice=False)
    q = Line(_l("Owner or payment"), most=80)

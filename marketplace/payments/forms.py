"""What finance types, and managers about where they are paid."""
from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileRequired
from wtforms import BooleanField, DateField, HiddenField, RadioField, SelectField
from wtforms.validators import DataRequired

from marketplace.core.forms import FileField, Form, Line, MoneyField, Paragraph
from marketplace.payments.models import EvidenceKind

REASON = DataRequired(_l("Write why. It is kept with the posting."))


class RepairForm(Form):
    """How a difference between Stripe and the ledger is repaired, and why."""

    how = RadioField(_l("What to do"), validate_choice=True)
    account = SelectField(_l("Which account bears it"), choices=[], validate_choice=True)
    reason = Paragraph(_l("Why"), [REASON], most=2000)


class DeclineForm(Form):
    """Why a proposal is not carried out."""

    reason = Paragraph(_l("Why"), [DataRequired(_l("Write why not; whoever proposed it reads it."))], most=2000)


class PayoutAccountForm(Form):
    """What both rails by hand ask for. `ask_check`: the name differs from the NID's, staff shall look."""

    holder = Line(_l("Name of the account holder"), [DataRequired(_l("Fill this in."))], most=120, render_kw={"autocomplete": "name"},
                  description=_l("As on your NID and with the bank or bKash."))
    ask_check = BooleanField(_l("It is mine, though the name is written differently: let your team look at it"))

    def typed(self) -> dict[str, str]:
        """The details as they were typed."""
        return {field.name: field.data for field in self if field.name not in ("ask_check", "csrf_token")}


class BankAccountForm(PayoutAccountForm):
    """A bank account in Bangladesh."""

    bank = Line(_l("Bank"), [DataRequired(_l("Fill this in."))], most=80)
    branch = Line(_l("Branch"), [DataRequired(_l("Fill this in."))], most=80)
    routing = Line(_l("Routing number"), [DataRequired(_l("Fill this in."))], most=20, render_kw={"inputmode": "numeric"},
                   description=_l("9 digits, on your cheque book."))
    number = Line(_l("Account number"), [DataRequired(_l("Fill this in."))], most=30,
                  render_kw={"inputmode": "numeric", "autocomplete": "off"})


class BkashForm(PayoutAccountForm):
    """A personal bKash wallet."""

    number = Line(_l("bKash number"), [DataRequired(_l("Fill this in."))], most=20, render_kw={"inputmode": "tel", "autocomplete": "off"},
                  description=_l("Your personal wallet: 11 digits, beginning with 01."))


class PaidForm(Form):
    """That a payout by hand was paid, and how one can see it."""

    reference = Line(_l("Number of the payment (bank reference or TrxID)"), [DataRequired(_l("Fill this in."))], most=60,
                     render_kw={"autocomplete": "off"})
    paid_on = DateField(_l("Paid on"), [DataRequired(_l("Choose a day."))])
    proof = FileField(_l("Screenshot or PDF of the payment"), [FileRequired(_l("Choose a file."))],
                      render_kw={"accept": "image/jpeg,image/png,image/webp,application/pdf", "required": True})


class FindingForm(Form):
    """What somebody of finance found, or why something goes back."""

    why = Paragraph(_l("Why"), [DataRequired(_l("Write why. It is kept, and the manager may read it."))], most=300, render_kw={"rows": 2})


class EvidenceForm(Form):
    """A statement, a file, or both, for a payer's bank."""

    kind = RadioField(_l("What it shows"), choices=[
        (EvidenceKind.service_documentation, _l("The work, as delivered")),
        (EvidenceKind.customer_communication, _l("What was said and agreed")),
        (EvidenceKind.uncategorized_file, _l("Something else"))], default=EvidenceKind.service_documentation)
    text = Paragraph(_l("What happened"), most=5000)
    file = FileField(_l("A picture or PDF as evidence"))


class FaultForm(Form):
    """How much of what the bank kept the manager owes, and why."""

    amount_minor = MoneyField(_l("How much the manager owes"), [DataRequired(_l("Write an amount."))])
    reason = Paragraph(_l("Why"), [REASON], most=2000)


class ClearanceForm(Form):
    """Why a business may go on; for the record, it is not told."""

    note = Paragraph(_l("What the team found"), [DataRequired(_l("Write what you found."))], most=2000,
                     description=_l("For our record; the business does not read it."))


class WriteOffForm(Form):
    """A debt that is given up. `key` is made with the page, so that a second tap is the same one."""

    amount_minor = MoneyField(_l("How much is given up"), [DataRequired(_l("Write an amount."))], least=1)
    reason = Paragraph(_l("Why"), [REASON], most=2000)
    key = HiddenField(default=lambda: str(uuid.uuid4()))

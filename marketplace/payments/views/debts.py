"""What businesses and managers owe: seen and paid by them, looked after and written off by finance."""
from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.accounts.policies import require_recent
from marketplace.core.authorisation import allow
from marketplace.core.errors import DomainError
from marketplace.core.forms import answer
from marketplace.core.money import Money
from marketplace.core.slots import panel
from marketplace.ledger import queries as books
from marketplace.managers import queries as managers
from marketplace.payments import commands, forms, policies
from marketplace.payments.commands.debts import DEBT_SHARE
from marketplace.payments.models import MoneyProposalStatus, Reversal
from marketplace.payments.queries import debts as queries
from marketplace.payments.views.blueprint import pages


@panel("contracts.wallet")
def own_debt(reader: Any) -> str:
    """What the reader's business owes, with the way to pay it, and whether its bank decides about held money, or the team looks; what
    the reader owes as a manager, and how it ends.
    """
    business, manager = queries.owing_business(reader), managers.manager_of(reader)
    nothing = Money(0)
    owed = books.owed_by(f"business:{business.id}") if business else nothing
    own = books.owed_by(f"manager:{manager.id}") if manager else nothing
    decides = business is not None and queries.bank_decides(business.id)
    looks = business is not None and queries.team_looks(business.id)
    if owed.minor <= 0 and own.minor <= 0 and not decides and not looks:
        return ""
    return render_template("payments/_own_debt.html", owed=owed, own=own, decides=decides, looks=looks, share=DEBT_SHARE)


@pages.post("/debt-payments")
@allow(policies.pay_debt, queries.owing_business)
def create_debt_payment(business: Any) -> Response:
    """To Stripe's page, where the whole debt is paid by card."""
    back = url_for("contracts.wallet", _external=True)
    payment = commands.repay(business, current_user, success_url=back, cancel_url=back)
    return redirect(payment.checkout_url or url_for("payments.show", payment_id=payment.id), 303)


@pages.get("/staff/debts")
@allow(policies.mend_money)
def debts_index() -> str:
    """Who owes what, and money on its way from managers to businesses."""
    return render_template("payments/debts.html", debts=queries.debts(), reversals=queries.reversals_under_way())


@pages.get("/staff/debts/<kind>/<uuid:key>")
@allow(policies.mend_money, queries.debt_seen_by)
def show_debt(debt: queries.Debt) -> Response:
    """One debt, and the form that gives it up."""
    return answer("payments/debt.html", forms.WriteOffForm(amount_minor=debt.amount.minor), debt=debt)


@pages.post("/staff/debts/<kind>/<uuid:key>/write-offs")
@allow(policies.mend_money, queries.debt_seen_by)
def create_write_off(debt: queries.Debt) -> Response:
    """Give it up, or let it wait for a second person."""
    require_recent(current_user)
    form = forms.WriteOffForm()
    if form.validate_on_submit():
        try:
            proposal = commands.write_off(debt.ref, Money(form.amount_minor.data), current_user, form.reason.data,
                                          key=f"write-off:{form.key.data}")
        except DomainError as error:
            form.refuse(error)
        else:
            done = proposal.status == MoneyProposalStatus.done
            flash(_("Written off.") if done else _("It waits for a second person of finance."), "success")
            return redirect(url_for("payments.debts_index"), 303)
    return answer("payments/debt.html", form, debt=debt)


@pages.post("/reversals/<uuid:reversal_id>/attempts")
@allow(policies.mend_money, queries.reversal_seen_by)
def create_reversal_attempt(reversal: Reversal) -> Response:
    """Go on with money that is taken back and did not get further."""
    require_recent(current_user)
    commands.retry_reversal(reversal, by=current_user)
    flash(_("Tried again. The result stands here in a moment."), "success")
    return redirect(url_for("payments.debts_index"), 303)

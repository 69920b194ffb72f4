"""One payment: how it stands, back from Stripe, and its receipt."""
from __future__ import annotations

import json

from flask import Response, current_app, redirect, render_template
from flask_babel import gettext as _

from marketplace.core import i18n, pdf
from marketplace.core.authorisation import allow
from marketplace.core.errors import WrongState
from marketplace.payments import commands, policies, queries
from marketplace.payments.models import Payment, PaymentStatus
from marketplace.payments.views.blueprint import pages

NOT_KNOWN_YET = (PaymentStatus.pending, PaymentStatus.processing)


@pages.get("/payments/<uuid:payment_id>")
@allow(policies.see_payment, queries.payment_seen_by)
def show(payment: Payment) -> str:
    """A payment with what went back of it."""
    return render_template("payments/payment.html", payment=payment, refunds=queries.refunds_of(payment))


@pages.get("/payments/<uuid:payment_id>/return")
@allow(policies.see_payment, queries.payment_seen_by)
def come_back(payment: Payment) -> Response | str:
    """Back from Stripe's page: Stripe is asked, not the browser. While it is not known, the page asks again by itself."""
    commands.look_or_leave(payment)
    if payment.status in NOT_KNOWN_YET:
        return render_template("payments/checking.html", payment=payment)
    if payment.succeeded_at and not payment.unclaimed:
        return redirect(payment.success_url, 303)
    return render_template("payments/payment.html", payment=payment, refunds=queries.refunds_of(payment))


@pages.get("/payments/<uuid:payment_id>/receipt.pdf")
@allow(policies.see_payment, queries.payment_seen_by)
def receipt(payment: Payment) -> Response:
    """The receipt in the reader's language. 409 for a payment that never came."""
    if not payment.succeeded_at:
        raise WrongState()
    answer = Response(pdf.render("payments/receipt.typ", _told(payment), i18n.language()), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="receipt-{payment.id}.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _told(payment: Payment) -> dict[str, str]:
    """What the sheet says; only text."""
    site = current_app.extensions["settings"].site_name
    lines = [[_("Held money"), i18n.money(payment.amount)], [_("Card cost"), i18n.money(payment.card_cost)]]
    back = [[_("Refunded"), i18n.money(-refund.amount)] for refund in queries.refunds_of(payment) if refund.status == "succeeded"]
    return {
        "site": site, "title": _("Receipt"), "number": str(payment.id)[-12:].upper(), "paid": i18n.moment(payment.succeeded_at),
        "facts": json.dumps([[_("For"), payment.title], [_("Paid by"), payment.business.name], [_("Payment"), payment.stripe_charge_id]]),
        "lines": json.dumps(lines + back), "total_label": _("Paid"), "total": i18n.money(payment.total),
        "note": _("%(site)s keeps this money until you approve the work. What is not used goes back to your card.", site=site),
    }

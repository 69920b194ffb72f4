"""One payment: how it stands, and back from Stripe."""
from __future__ import annotations

from flask import Response, redirect, render_template

from marketplace.core.authorisation import allow
from marketplace.payments import commands, policies, queries
from marketplace.payments.models import Payment, PaymentStatus
from marketplace.payments.views.blueprint import pages

NOT_KNOWN_YET = (PaymentStatus.pending, PaymentStatus.processing)


@pages.get("/payments/<uuid:payment_id>")
@allow(policies.see_payment, queries.payment_seen_by)
def show(payment: Payment) -> str:
    """A payment with what went back of it."""
    return _page(payment)


@pages.get("/payments/<uuid:payment_id>/return")
@allow(policies.see_payment, queries.payment_seen_by)
def come_back(payment: Payment) -> Response | str:
    """Back from Stripe's page: Stripe is asked, not the browser. While it is not known, the page asks again by itself."""
    commands.look_or_leave(payment)
    if payment.status in NOT_KNOWN_YET:
        return render_template("payments/checking.html", payment=payment)
    if payment.succeeded_at and not payment.unclaimed:
        return redirect(payment.success_url, 303)
    return _page(payment)


def _page(payment: Payment) -> str:
    return render_template("payments/payment.html", payment=payment, refunds=queries.refunds_of(payment),
                           receipt=queries.receipt_of(payment))

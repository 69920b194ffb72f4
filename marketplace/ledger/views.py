"""The books as finance reads them: trial balance, search, one posting, and all of it as CSV."""
from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import lazy_gettext as _l

from marketplace.core import navigation
from marketplace.core.authorisation import allow
from marketplace.core.csvfile import amount, csv_file
from marketplace.ledger import policies, queries
from marketplace.ledger.models import AccountKind, Direction, Transaction

pages = Blueprint("ledger", __name__)

MOST = 50_000
"""Postings in one file, about 20 MB."""

KINDS = {
    AccountKind.held: _l("Held for milestones"), AccountKind.ad_spend: _l("Held for ads"), AccountKind.payable: _l("Owed to managers"),
    AccountKind.sending: _l("Being sent"), AccountKind.refunding: _l("Being refunded"), AccountKind.arriving: _l("On the way to banks"),
    AccountKind.fees: _l("Platform fees"), AccountKind.card_costs: _l("Card costs"), AccountKind.stripe: _l("Balance at Stripe"),
    AccountKind.connected: _l("Managers' balances at Stripe"), AccountKind.receivable: _l("Owed by businesses"),
    AccountKind.losses: _l("Losses"), AccountKind.exchange: _l("Change of currency"),
}
navigation.add("staff", 70, _l("Ledger"), "ledger.index", "book-2")


@pages.app_template_filter("posting")
def posting(verb: str) -> Any:
    """What a posting is called."""
    return queries.VERBS.get(verb, verb)


@pages.get("/staff/ledger")
@allow(policies.read_books)
def index() -> str:
    """Trial balance, and postings found by subject, contract, party, key or an id of Stripe's."""
    sought = request.args.get("q", "")[:160]
    found = queries.transactions(sought, request.args.get("after"))
    return render_template("ledger/index.html", trial=queries.trial_balance(), kinds=KINDS, transactions=found, sought=sought)


@pages.get("/staff/ledger.csv")
@allow(policies.read_books)
def download() -> Response:
    """Every leg of the postings that a search finds, newest first; of the whole ledger the newest ones."""
    columns = [_l("Time (UTC)"), _l("Posting"), _l("Key"), _l("Subject"), _l("Contract"), _l("Account"), _l("Owner"), _l("Debit"),
               _l("Credit"), _l("Currency"), _l("Stripe")]
    return csv_file("ledger.csv", columns, _legs(request.args.get("q", "")[:160]))


@pages.get("/staff/ledger/<uuid:transaction_id>")
@allow(policies.read_books, queries.transaction_seen_by)
def show(transaction: Transaction) -> str:
    """One posting: its legs, what it finishes, what finished it, and what Stripe has to it."""
    return render_template("ledger/transaction.html", transaction=transaction, kinds=KINDS, finisher=queries.finisher(transaction))


def _legs(sought: str) -> Iterator[list[Any]]:
    for transaction in islice(queries.all_transactions(sought), MOST):
        at = f"{transaction.created_at:%Y-%m-%d %H:%M:%S}"
        for entry in transaction.entries:
            minor, is_debit = amount(entry.amount_minor), entry.direction == Direction.debit
            yield [at, transaction.verb, transaction.key, transaction.subject, transaction.contract, entry.account.kind,
                   entry.account.owner, minor if is_debit else "", "" if is_debit else minor, entry.currency, transaction.stripe_id]

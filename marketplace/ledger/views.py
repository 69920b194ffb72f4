"""The books as finance reads them: trial balance, search, one posting, and all of it as CSV."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import lazy_gettext as _l

from marketplace.core import navigation
from marketplace.core.authorisation import allow
from marketplace.core.csvfile import amount, csv_stream
from marketplace.ledger import forms, policies, queries
from marketplace.ledger.models import HOT, Account, AccountKind, Direction, Transaction

pages = Blueprint("ledger", __name__)

KINDS = {
    AccountKind.held: _l("Held for milestones"), AccountKind.ad_spend: _l("Held for ads"), AccountKind.payable: _l("Owed to managers"),
    AccountKind.sending: _l("Being sent"), AccountKind.refunding: _l("Being refunded"), AccountKind.arriving: _l("On the way to banks"),
    AccountKind.fees: _l("Platform fees"), AccountKind.card_costs: _l("Card costs"), AccountKind.stripe: _l("Balance at Stripe"),
    AccountKind.connected: _l("Managers' balances at Stripe"), AccountKind.receivable: _l("Owed by businesses"),
    AccountKind.bank: _l("Our own bank"), AccountKind.losses: _l("Losses"), AccountKind.exchange: _l("Change of currency"),
}
navigation.add("staff", 70, _l("Ledger"), "ledger.index", "book-2")


@pages.app_template_filter("posting")
def posting(verb: str) -> Any:
    """What a posting is called."""
    return queries.VERBS.get(verb, verb)


@pages.get("/staff/ledger")
@allow(policies.read_books)
def index() -> str:
    """Trial balance, and postings found by subject, contract, party, key, an id of Stripe's, sum or day."""
    form = forms.SearchForm(request.args)
    found = queries.transactions(form.search(), request.args.get("after"))
    return render_template("ledger/index.html", trial=queries.trial_balance(), kinds=KINDS, transactions=found, form=form,
                           sought={name: value for name, value in request.args.items() if name in form and value})


@pages.get("/staff/ledger.csv")
@allow(policies.read_books)
def download() -> Response:
    """Every leg of the postings that a search finds, newest first, sent while it is read."""
    columns = [_l("Time (UTC)"), _l("Posting"), _l("Key"), _l("Subject"), _l("Contract"), _l("Account"), _l("Owner"), _l("Debit"),
               _l("Credit"), _l("Currency"), _l("Stripe")]
    return csv_stream("ledger.csv", columns, _legs(forms.SearchForm(request.args).search()))


@pages.get("/staff/ledger/accounts")
@allow(policies.read_books)
def accounts() -> str:
    """Accounts with their balances, by kind, owner or payment."""
    form = forms.AccountsForm(request.args)
    form.kind.choices = [("", _l("All")), *((kind.value, label) for kind, label in KINDS.items())]
    kind = AccountKind(form.kind.data) if form.kind.data in set(AccountKind) else None
    text = (form.q.data or "").strip()[:80]
    return render_template("ledger/accounts.html", found=queries.accounts(kind, text, request.args.get("after")), form=form, kinds=KINDS,
                           hot=HOT, sought={"kind": kind, "q": text or None})


@pages.get("/staff/ledger/accounts/<uuid:account_id>")
@allow(policies.read_books, queries.account_seen_by)
def account(account: Account) -> str:
    """One account: its balance, and what moved on it."""
    return render_template("ledger/account.html", account=account, entries=queries.entries(account, request.args.get("after")),
                           kinds=KINDS, hot=HOT)


@pages.get("/staff/ledger/<uuid:transaction_id>")
@allow(policies.read_books, queries.transaction_seen_by)
def show(transaction: Transaction) -> str:
    """One posting: its legs, what it finishes, what finished it, and what Stripe has to it."""
    return render_template("ledger/transaction.html", transaction=transaction, kinds=KINDS, finisher=queries.finisher(transaction))


def _legs(search: queries.Search) -> Iterator[list[Any]]:
    for transaction in queries.all_transactions(search):
        at = f"{transaction.created_at:%Y-%m-%d %H:%M:%S}"
        for entry in transaction.entries:
            minor, is_debit = amount(entry.amount_minor), entry.direction == Direction.debit
            yield [at, transaction.verb, transaction.key, transaction.subject, transaction.contract, entry.account.kind,
                   entry.account.owner, minor if is_debit else "", "" if is_debit else minor, entry.currency, transaction.stripe_id]

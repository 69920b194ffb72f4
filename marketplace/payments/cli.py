"""`flask payout-accounts`: the details that managers gave, sealed."""
from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup

from marketplace.core import db
from marketplace.payments.commands.payout_accounts import reseal_accounts

_accounts = AppGroup("payout-accounts", help="Where managers are paid.")


@_accounts.command("reseal")
def reseal() -> None:
    """Seal every account's details with the first of VAULT_KEYS, after `vault rotate`; then the older keys may be removed."""
    click.echo(f"{reseal_accounts()} payout accounts sealed anew")
    db.commit()


def register(app: Flask) -> None:
    """Give the command line its group."""
    app.cli.add_command(_accounts)

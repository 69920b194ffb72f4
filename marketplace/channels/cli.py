"""`flask vault`: the keys that wrap stored tokens."""
from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup

from marketplace.accounts.commands.factors import reseal_secrets
from marketplace.channels.commands import rotate
from marketplace.core import db

_vault = AppGroup("vault", help="The keys that wrap stored tokens.")


@_vault.command("rotate")
def rotate_keys() -> None:
    """Wrap every data key and seal every second factor with the first of VAULT_KEYS; then the older keys may be removed."""
    click.echo(f"{rotate()} data keys wrapped anew, {reseal_secrets()} second factors sealed anew")
    db.commit()


def register(app: Flask) -> None:
    """Give the command line its group."""
    app.cli.add_command(_vault)

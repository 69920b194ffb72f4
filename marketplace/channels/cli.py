"""`flask vault`: the keys that wrap stored tokens."""
from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup

from marketplace.channels.commands import rotate
from marketplace.core import db

_vault = AppGroup("vault", help="The keys that wrap stored tokens.")


@_vault.command("rotate")
def rotate_keys() -> None:
    """Wrap every data key with the first of VAULT_KEYS; afterwards the older keys may be removed."""
    click.echo(f"{rotate()} wrapped anew")
    db.commit()


def register(app: Flask) -> None:
    """Give the command line its group."""
    app.cli.add_command(_vault)

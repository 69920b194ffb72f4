"""The operator's commands about demo data; development only."""
from __future__ import annotations

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from marketplace.core import db
from marketplace.site import commands

demo = AppGroup("demo", help="Invented people, shops and work; never in production.")


def register(app: Flask) -> None:
    """Give the command line `flask demo load|people`."""
    app.cli.add_command(demo)


@demo.command("load")
def load() -> None:
    """Fill the database, once."""
    _not_in_production()
    done = commands.load()
    db.commit()
    click.echo("The demo data is loaded." if done else "The demo data is there already.")


@demo.command("people")
def people() -> None:
    """Whom one can sign in as."""
    _not_in_production()
    for address, what in commands.people():
        click.echo(f"  {address:28}{what}")


def _not_in_production() -> None:
    if current_app.extensions["settings"].production:
        raise click.ClickException("The demo data is invented and its password is public; it is refused in production.")

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
@click.option("--patience", default=0.0, show_default=True, help="seconds to wait for a sandbox that is only starting")
def load(patience: float) -> None:
    """Fill the database, once. Contracts with money in them are paid through the sandbox, so they need it."""
    _not_in_production()
    done = commands.load()
    db.commit()
    try:
        done = commands.load_contracts(current_app.extensions["settings"].stripe_api_url, patience) or done
        db.commit()
    except commands.SandboxError as error:
        click.echo(f"{error} The contracts with money in them wait for it: start it and load again.")
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

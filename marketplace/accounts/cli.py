"""The operator's commands about people."""
from __future__ import annotations

import click
from flask import Flask, url_for
from flask.cli import AppGroup

from marketplace.accounts import queries
from marketplace.accounts.commands import staff as commands
from marketplace.accounts.models import StaffRole
from marketplace.core import db

staff = AppGroup("staff", help="People of the team.")


def register(app: Flask) -> None:
    """Give the command line `flask staff create|list`."""
    app.cli.add_command(staff)


@staff.command("create")
@click.argument("email")
@click.option("--name", required=True, help="how the person is called")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice([role.value for role in StaffRole]))
@click.option("--fresh-factor", is_flag=True, help="forget a lost second factor")
def create(email: str, name: str, roles: tuple[str, ...], fresh_factor: bool) -> None:
    """Make EMAIL staff in exactly these roles, and print the link that sets their password, then their second factor."""
    token = commands.create(email, name, [StaffRole(role) for role in roles], fresh_factor)
    db.commit()
    click.echo(url_for("accounts.new_password", token=token, _external=True))


@staff.command("list")
def show() -> None:
    """Everybody of staff: address, roles, whether the second factor is on."""
    for person in queries.staff():
        factor = "second factor" if person.totp_since else "NO second factor"
        click.echo(f"{person.email}\t{person.name}\t{', '.join(person.staff_roles)}\t{factor}")

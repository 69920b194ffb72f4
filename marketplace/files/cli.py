"""Housekeeping of stored files."""
from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup

from marketplace.files import commands

files = AppGroup("files", help="Uploaded files.")


def register(app: Flask) -> None:
    """Give the command line `flask files`."""
    app.cli.add_command(files)


@files.command("tidy")
def tidy() -> None:
    """Delete stored bytes that no row knows and that are older than a day."""
    click.echo(f"{commands.tidy()} stray files deleted")

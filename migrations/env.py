"""Alembic's environment: migrates as the database's owner and gives the application's role what it needs."""
from alembic import context
from flask import current_app
from sqlalchemy import create_engine, pool, text

from marketplace.core.db import db

settings = current_app.extensions["settings"]
NOT_OURS = ("procrastinate_",)
ONE_AT_A_TIME = text("SELECT pg_advisory_lock(hashtext('dayitto migrations'))")
"""Held until the connection ends: whoever deploys at the same moment waits, then finds nothing left to do."""


def ours(thing, name, kind, reflected, compare_to):
    """The queue's tables belong to its own library; their schema comes from its package."""
    return not (kind == "table" and name.startswith(NOT_OURS))


def run():
    engine = create_engine(settings.database_owner_url or settings.database_url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(ONE_AT_A_TIME)
        connection.commit()
        context.configure(connection=connection, target_metadata=db.metadata, include_object=ours,
                          transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()


run()

"""Extensions, the application's rights, the queue, and the tables of core."""
from pathlib import Path

import procrastinate
import sqlalchemy as sa
from alembic import op
from flask import current_app
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import make_url

revision = "ground"
down_revision = None
branch_labels = None
depends_on = None

QUEUE = Path(procrastinate.__file__).parent / "sql" / "schema.sql"
FUNCTIONS = """
create function refuse_change() returns trigger language plpgsql as
$$ begin raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege'; end $$
"""


WITHOUT_QUEUE = """
do $$ declare it record; begin
  for it in select oid::regclass as name from pg_class where relname like 'procrastinate\\_%' and relkind = 'r' loop
    execute 'drop table if exists ' || it.name || ' cascade'; end loop;
  for it in select oid::regprocedure as name from pg_proc where proname like 'procrastinate\\_%' loop
    execute 'drop function if exists ' || it.name || ' cascade'; end loop;
  for it in select oid::regtype as name from pg_type where typname like 'procrastinate\\_%' and typtype in ('e', 'c') loop
    execute 'drop type if exists ' || it.name || ' cascade'; end loop;
end $$
"""


def upgrade():
    for extension in ("pg_trgm", "btree_gist"):
        op.execute(f"create extension if not exists {extension}")
    _rights()
    op.get_bind().exec_driver_sql(QUEUE.read_text().replace("%", "%%"))
    op.execute(FUNCTIONS)
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("action", sa.String(80), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("details", postgresql.JSONB, nullable=False),
        sa.Column("request_id", sa.String(40), nullable=False),
    )
    op.create_index("ix_audit_entries_subject_id", "audit_entries", ["subject", "id"])
    op.create_index("ix_audit_entries_actor_id", "audit_entries", ["actor", "id"])
    op.create_table(
        "audit_seals",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("entry_id", sa.BigInteger, sa.ForeignKey("audit_entries.id"), nullable=False, unique=True),
        sa.Column("digest", sa.Text, nullable=False),
    )
    for table in ("audit_entries", "audit_seals"):
        op.execute(f"create trigger append_only before update or delete or truncate on {table} execute function refuse_change()")
        _append_only(table)
    op.create_table(
        "letters",
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.text("uuidv7()")),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("text", sa.Text),
        sa.Column("html", sa.Text),
        sa.Column("status", sa.Enum("queued", "sent", name="letterstatus", native_enum=False, length=32, create_constraint=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_letters_address_created_at", "letters", ["address", "created_at"])
    op.create_table(
        "limit_counters",
        sa.Column("key", sa.String(160), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("resets_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade():
    for table in ("limit_counters", "letters", "audit_seals", "audit_entries"):
        op.drop_table(table)
    op.execute("drop function refuse_change")
    op.execute(WITHOUT_QUEUE)


def application_role():
    """The role the application connects as; None when it is the owner itself."""
    settings = current_app.extensions["settings"]
    role = make_url(settings.database_url).username
    owner = make_url(settings.database_owner_url or settings.database_url).username
    return role if role != owner else None


def _rights():
    if role := application_role():
        op.execute(f'grant usage on schema public to "{role}"')
        op.execute(f'alter default privileges in schema public grant select, insert, update, delete on tables to "{role}"')
        op.execute(f'alter default privileges in schema public grant usage, select on sequences to "{role}"')
        op.execute(f'alter default privileges in schema public grant execute on functions to "{role}"')


def _append_only(table):
    if role := application_role():
        op.execute(f'revoke update, delete, truncate on {table} from "{role}"')

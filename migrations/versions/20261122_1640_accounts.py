"""Sessions, sign-ups, one-time links, recovery codes, and the second factor of a person."""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "accounts"
down_revision = "ledger"
branch_labels = None
depends_on = None


def enum(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, length=32, create_constraint=True)


def identified(table, *columns):
    op.create_table(
        table, sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.text("uuidv7()")), *columns,
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False))


def upgrade():
    op.add_column("people", sa.Column("intends", enum("intention", "business", "manager")))
    op.add_column("people", sa.Column("signed_in_at", sa.DateTime(timezone=True)))
    op.add_column("people", sa.Column("totp_secret", sa.Text))
    op.add_column("people", sa.Column("totp_since", sa.DateTime(timezone=True)))
    op.add_column("people", sa.Column("totp_step", sa.BigInteger, nullable=False, server_default="0"))
    op.alter_column("people", "totp_step", server_default=None)
    identified(
        "sessions",
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("device", sa.String(60), nullable=False),
        sa.Column("address", sa.String(45), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )
    identified(
        "sign_ups",
        sa.Column("email", postgresql.CITEXT, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("intends", enum("intention", "business", "manager"), nullable=False),
        sa.Column("token_hash", sa.String(64), unique=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )
    identified(
        "one_time_links",
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("purpose", enum("linkpurpose", "reset_password", "change_email", "join_staff"), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("email", postgresql.CITEXT, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )
    identified(
        "recovery_codes",
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False, unique=True),
    )
    op.create_index("ix_sessions_person_id", "sessions", ["person_id"])
    op.create_index("ix_recovery_codes_person_id", "recovery_codes", ["person_id"])
    op.create_index("ix_one_time_links_person_id_purpose", "one_time_links", ["person_id", "purpose"])
    for table in ("sessions", "sign_ups", "one_time_links"):
        op.create_index(f"ix_{table}_expires_at", table, ["expires_at"])


def downgrade():
    for table in ("recovery_codes", "one_time_links", "sign_ups", "sessions"):
        op.drop_table(table)
    op.drop_column("people", "totp_step")
    op.drop_column("people", "totp_since")
    op.drop_column("people", "totp_secret")
    op.drop_column("people", "signed_in_at")
    op.drop_column("people", "intends")

"""Papers beside receipts, and series of numbers that begin anew each year."""
import sqlalchemy as sa
from alembic import op

revision = "papers"
down_revision = "retainers"
branch_labels = None
depends_on = None

KINDS = "'invoice', 'fee_invoice', 'credit_note', 'statement', 'year_summary'"


def upgrade():
    op.create_table(
        "number_series",
        sa.Column("series", sa.String(8), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name="pk_number_series"),
    )
    _number_receipts_by_year()
    op.create_table(
        "papers",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("party", sa.String(80), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("starts", sa.Date(), nullable=True),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("about", sa.String(420), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("pdf_id", sa.Uuid(), nullable=True),
        sa.Column("csv_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"kind in ({KINDS})", name=op.f("ck_papers_paperkind")),
        sa.CheckConstraint("status in ('ordered', 'drawn')", name=op.f("ck_papers_paperstatus")),
        sa.CheckConstraint("(status = 'drawn') = (number is not null and pdf_id is not null and csv_id is not null)",
                           name=op.f("ck_papers_drawn_is_whole")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_papers_person_id"),
        sa.ForeignKeyConstraint(["pdf_id"], ["files.id"], name="fk_papers_pdf_id"),
        sa.ForeignKeyConstraint(["csv_id"], ["files.id"], name="fk_papers_csv_id"),
        sa.PrimaryKeyConstraint("id", name="pk_papers"),
        sa.UniqueConstraint("kind", "party", "subject", name="uq_papers_kind_party_subject"),
        sa.UniqueConstraint("kind", "year", "number", name="uq_papers_kind_year_number"),
    )
    op.create_index("ix_papers_party_created_at_id", "papers", ["party", "created_at", "id"])
    op.create_index("ix_papers_created_at_id", "papers", ["created_at", "id"])
    op.create_index("ix_papers_waiting", "papers", ["created_at"], postgresql_where=sa.text("status = 'ordered'"))
    op.create_table(
        "statement_runs",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("month", name="pk_statement_runs"),
    )


def downgrade():
    op.drop_table("statement_runs")
    op.drop_table("papers")
    op.drop_constraint("uq_receipts_year_number", "receipts")
    op.create_unique_constraint("uq_receipts_number", "receipts", ["number"])
    op.drop_column("receipts", "year")
    op.drop_table("number_series")


def _number_receipts_by_year() -> None:
    """Receipts keep their numbers; each year's series goes on after its last one."""
    op.add_column("receipts", sa.Column("year", sa.Integer(), nullable=True))
    op.execute("update receipts set year = extract(year from created_at at time zone 'Asia/Dhaka')")
    op.alter_column("receipts", "year", nullable=False)
    op.drop_constraint("uq_receipts_number", "receipts")
    op.create_unique_constraint("uq_receipts_year_number", "receipts", ["year", "number"])
    op.execute("insert into number_series (series, year, last) "
               "select 'R', year, max(number) from receipts where number is not null group by year")

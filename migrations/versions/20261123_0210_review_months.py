"""A contract that goes month by month is reviewed every third month."""
import sqlalchemy as sa
from alembic import op

revision = "review_months"
down_revision = "cancellations"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("reviews", sa.Column("month", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("reviews", "month", server_default=None)
    op.drop_constraint("uq_reviews_contract_id_by_side", "reviews")
    op.create_unique_constraint(op.f("uq_reviews_contract_id_month_by_side"), "reviews", ["contract_id", "month", "by_side"])


def downgrade():
    """Only while no contract was reviewed twice."""
    op.drop_constraint("uq_reviews_contract_id_month_by_side", "reviews")
    op.create_unique_constraint(op.f("uq_reviews_contract_id_by_side"), "reviews", ["contract_id", "by_side"])
    op.drop_column("reviews", "month")

"""A letter's HTML is made when it is sent."""
import sqlalchemy as sa
from alembic import op

revision = "letters_text"
down_revision = "postings"
branch_labels = None
depends_on = None


def upgrade():
    op.drop_column("letters", "html")


def downgrade():
    op.add_column("letters", sa.Column("html", sa.Text))

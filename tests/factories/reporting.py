"""Papers of both sides, brought about by what they are about."""
from __future__ import annotations

from sqlalchemy import select

from marketplace.core.db import db
from marketplace.reporting.commands import draw_paper
from marketplace.reporting.models import Paper, PaperKind
from tests.factories.contracts import make_approved


def make_paper(kind: PaperKind = PaperKind.invoice) -> Paper:
    """Ada's invoice of a step she approved, or ben's of the fee, drawn."""
    make_approved()
    paper = db.session.scalars(select(Paper).where(Paper.kind == kind).order_by(Paper.id.desc())).first()
    draw_paper(str(paper.id))
    return paper

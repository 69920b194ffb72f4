"""Who may see papers. Their files are `files.show`; tests/reporting/test_views.py asks for them."""
from __future__ import annotations

from tests.authorisation.routes import ROLES, Route
from tests.factories.reporting import make_paper

SIGNED_IN = {**dict.fromkeys(ROLES, 200), "visitor": 303}


def _with_papers(_world):
    make_paper()
    return {}


THINGS = {"paper": lambda world: make_paper()}


def _wish(world):
    """Ada wishes for her own business's year; it is none of the others' choices."""
    return {"party": world.paper.party, "year": f"{world.paper.year}-01-01"}


ROUTES = [
    Route("reporting.papers", "GET", SIGNED_IN, ids=_with_papers, statements=12),
    Route("reporting.create_year_summary", "POST", {"visitor": 303, "ada": 303, "ben": 422, "eve": 422, "sam": 422}, data=_wish),
    Route("reporting.all_papers", "GET", {"visitor": 303, "ada": 403, "ben": 403, "eve": 403, "sam": 200}, ids=_with_papers, statements=10),
]

"""Who may open the pages around everything else."""
from tests.authorisation.routes import Route

ANYONE = dict.fromkeys(("visitor", "ada", "ben", "eve", "sam"), 200)
ANYONE_REDIRECTED = dict.fromkeys(ANYONE, 303)
SIGNED_IN = {**ANYONE, "visitor": 303}

ROUTES = [
    Route("assets.show", "GET", ANYONE, ids=lambda world: {"digest": "any", "name": "site.css"}, statements=1),
    Route("site.landing", "GET", ANYONE, statements=6),
    *(Route(f"site.{page}", "GET", ANYONE, statements=3) for page in ("how", "pricing", "terms", "privacy")),
    Route("site.styleguide", "GET", ANYONE, statements=8),
    Route("site.health", "GET", ANYONE, statements=2),
    Route("site.manifest", "GET", ANYONE, statements=1),
    Route("site.robots", "GET", ANYONE, statements=1),
    Route("site.service_worker", "GET", ANYONE, statements=1),
    Route("site.offline", "GET", ANYONE, statements=3),
    Route("site.sitemap", "GET", ANYONE, statements=4),
    Route("site.home", "GET", SIGNED_IN, statements=12),
    Route("site.language", "POST", ANYONE_REDIRECTED, data={"language": "en"}),
    Route("site.theme", "POST", ANYONE_REDIRECTED, data={"theme": "dark"}),
]

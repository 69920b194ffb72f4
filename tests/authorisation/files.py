"""Who may open an upload."""
from marketplace.files.models import Variant
from tests.authorisation.routes import Route
from tests.factories.files import make_file

THINGS = {"file": lambda world: make_file(world.ben), "other_file": lambda world: make_file(world.eve)}

ROUTES = [
    Route("files.show", "GET", {"visitor": 404, "ada": 404, "ben": 200, "eve": 404, "sam": 404}, statements=2,
          ids=lambda world: {"file_id": world.file.id, "variant": Variant.thumb},
          other=lambda world: {"file_id": world.other_file.id, "variant": "thumb"}),
]

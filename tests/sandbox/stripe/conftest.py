"""The sandbox's Stripe over real HTTP. Time passes only when a test moves the clock."""

import threading
from collections.abc import Iterator

import pytest
from werkzeug.serving import make_server

from sandbox.__main__ import QuietHandler
from sandbox.app import create_app
from sandbox.world import World
from tests.sandbox.listener import Listener
from tests.sandbox.stripe.merchant import Merchant


@pytest.fixture
def world(listener: Listener) -> Iterator[World]:
    world = World(web_url=listener.url)
    world.webhooks.start()
    app = create_app(world, ["stripe"])
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
    world.base_url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield world
    server.shutdown()
    thread.join()
    server.server_close()
    world.webhooks.wait_until_idle()
    world.close()


@pytest.fixture
def merchant(world: World) -> Merchant:
    return Merchant(world)

"""A sandbox over real HTTP, and a listener that stands where the marketplace would."""

import threading
from collections.abc import Iterator

import pytest
from werkzeug.serving import make_server

from sandbox.__main__ import QuietHandler
from sandbox.app import create_app
from sandbox.world import World
from tests.sandbox.listener import Listener


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Where webhooks arrive."""
    with Listener() as running:
        yield running


@pytest.fixture
def world(listener: Listener, tmp_path) -> Iterator[World]:
    """A world in memory whose marketplace is the listener; it ticks and delivers."""
    world = World(clock_file=tmp_path / "clock", web_url=listener.url)
    world.start()
    yield world
    world.close()


@pytest.fixture
def sandbox(world: World) -> Iterator[World]:
    """The world, served at `world.base_url` with Facebook in it."""
    server = make_server("127.0.0.1", 0, create_app(world, ["meta"]), threaded=True, request_handler=QuietHandler)
    world.base_url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield world
    server.shutdown()
    thread.join()
    server.server_close()

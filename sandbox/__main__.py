"""Start the sandbox: `python -m sandbox --port 5050 --smtp-port 1025`."""

import argparse
import logging
import os
import signal
import sys

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from sandbox.app import create_app
from sandbox.letters import Postbox
from sandbox.world import DEFAULT_SETTINGS, World

HOST = "127.0.0.1"


class QuietHandler(WSGIRequestHandler):
    """Calls are in the journal; the terminal shows only what goes wrong."""

    def log_request(self, code="-", size="-") -> None:
        pass


def main() -> int:
    logging.basicConfig(level=logging.WARNING, format="sandbox: %(message)s")
    options = _options()
    world = _world(options)
    try:
        postbox = Postbox(world, options.smtp_port)
        postbox.start()
        server = make_server(HOST, options.port, create_app(world), threaded=True, request_handler=QuietHandler)
    except OSError as error:
        print(f"sandbox: cannot listen: {error}", file=sys.stderr)
        return 1
    _serve(world, server)
    postbox.stop()
    world.close()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("sandbox", description="The outside world, offline.")
    parser.add_argument("--port", type=int, default=5050, help="HTTP port on loopback")
    parser.add_argument("--smtp-port", type=int, default=1025, help="port of the letter box")
    parser.add_argument("--state", help="SQLite file that keeps everything; without it nothing outlives the process")
    parser.add_argument("--clock-file", help="file the clock's offset is written to, in seconds")
    parser.add_argument("--web-url", default="http://127.0.0.1:5000", help="where the marketplace listens")
    return parser.parse_args()


def _world(options: argparse.Namespace) -> World:
    settings = {name: os.environ[name] for name in DEFAULT_SETTINGS if os.environ.get(name)}
    base_url = f"http://{HOST}:{options.port}"
    return World(options.state, options.clock_file, options.web_url, base_url, settings)


def _serve(world: World, server: BaseWSGIServer) -> None:
    """Until the process is told to stop."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    world.start()
    print(f"sandbox: {world.base_url}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()


if __name__ == "__main__":
    sys.exit(main())

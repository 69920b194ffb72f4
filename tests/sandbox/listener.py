"""An HTTP server that keeps what it is sent and answers as it is told."""

import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Heard:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes


class Listener:
    """`heard` in order of arrival; `statuses` are answered one after another, then 200; challenges are repeated."""

    def __init__(self):
        self.heard: list[Heard] = []
        self.statuses: list[int] = []
        self.pictures: dict[str, bytes] = {}
        self.verify_token = "sandbox-verify-token"
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                self.answer(b"")

            def do_GET(self):
                asked = parse_qs(urlsplit(self.path).query)
                right = asked.get("hub.verify_token") == [listener.verify_token]
                self.answer(listener.pictures.get(self.path) or (asked["hub.challenge"][0].encode() if right else b"no"))

            def answer(self, body: bytes):
                listener.keep(self)
                self.send_response(listener.statuses.pop(0) if listener.statuses else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def keep(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        self.heard.append(Heard(handler.command, parts.path, parse_qs(parts.query), dict(handler.headers), body))

    def posts(self) -> list[Heard]:
        return [heard for heard in self.heard if heard.method == "POST"]

    def __enter__(self) -> "Listener":
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

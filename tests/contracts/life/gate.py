"""A gate before a program of the outside world: it holds one call at a named point, so that the caller can be killed there."""
from __future__ import annotations

import re
import socket
import threading
from contextlib import suppress
from types import TracebackType

HOST = "127.0.0.1"
PIECE = 65536
PATIENCE_SECONDS = 40


class Gate:
    """Passes bytes both ways until the call it waits for comes by.

    `before`: the call is held before any of it has passed; the outside world never learns of it.
    `after`: the call passes, takes its effect, and its answer is held.
    """

    def __init__(self, port: int) -> None:
        """`port`: where the real program listens."""
        self._behind = port
        self._door = socket.create_server((HOST, 0))
        self.port = self._door.getsockname()[1]
        self._call: re.Pattern[bytes] | None = None
        self._point = ""
        self._held = threading.Event()
        self._opened = threading.Event()

    def hold(self, call: bytes, point: str) -> None:
        """Hold the next call in whose bytes this pattern is found."""
        self._held.clear()
        self._opened.clear()
        self._point, self._call = point, re.compile(call)

    def wait(self) -> None:
        """Until a call is held."""
        assert self._held.wait(PATIENCE_SECONDS), f"no call came by that was to be held {self._point}"

    def open(self) -> None:
        """Let everything pass again. Whoever made the held call is dead; what was held is dropped."""
        self._opened.set()

    def __enter__(self) -> Gate:
        threading.Thread(target=self._admit, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.open()
        self._door.close()

    def _admit(self) -> None:
        while True:
            try:
                caller, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(caller,), daemon=True).start()

    def _connect(self, caller: socket.socket) -> None:
        behind = socket.create_connection((HOST, self._behind))
        struck = threading.Event()
        back = threading.Thread(target=self._pass, args=(behind, caller, struck, False), daemon=True)
        back.start()
        self._pass(caller, behind, struck, True)
        back.join()

    def _pass(self, source: socket.socket, target: socket.socket, struck: threading.Event, is_call: bool) -> None:
        """Pass pieces on until either side hangs up."""
        with suppress(OSError):
            while piece := source.recv(PIECE):
                if is_call and self._takes(piece):
                    struck.set()
                if struck.is_set() and is_call == (self._point == "before"):
                    self._keep()
                    break
                target.sendall(piece)
        for side in (source, target):
            _hang_up(side)

    def _takes(self, piece: bytes) -> bool:
        """Whether this is the call; only the first is."""
        if self._call is None or not self._call.search(piece):
            return False
        self._call = None
        return True

    def _keep(self) -> None:
        self._held.set()
        self._opened.wait()


def _hang_up(side: socket.socket) -> None:
    with suppress(OSError):
        side.shutdown(socket.SHUT_RDWR)
    side.close()

"""What happens to every call on its way in and out: faults strike, the journal is written."""

import json
import socket
import time

from flask import Flask, Response, g, request

from sandbox.journal import summarise, without_secrets
from sandbox.world import World

VENDORS = ("stripe", "meta")


def watch(app: Flask, world: World) -> None:
    """Let faults strike the vendors' calls and journal them; of the sandbox's own, only changes are journalled."""

    @app.before_request
    def strike() -> Response | None:
        g.parameters = _parameters()
        g.fault = world.faults.for_call(_vendor(), request.method, request.path, g.parameters)
        return _before_effect(world, g.fault) if g.fault else None

    @app.after_request
    def journal(response: Response) -> Response:
        fault = g.get("fault")
        dropped = bool(fault) and fault["mode"].startswith("drop")
        if _vendor() != "sandbox" or request.method != "GET":
            _record(world, response, fault, dropped)
        if dropped:
            _hang_up()
        return response


def _vendor() -> str:
    prefix = request.path.split("/")[1]
    return prefix if prefix in VENDORS else "sandbox"


def _before_effect(world: World, fault: dict) -> Response | None:
    """The answer that stands in for the vendor's own, or None when the call goes on."""
    mode = fault["mode"]
    if mode == "delay":
        time.sleep(fault["seconds"])
    if mode == "drop_before":
        return Response(status=503)
    if mode.startswith("status:"):
        status = int(mode.removeprefix("status:"))
        body = world.faults.error_body(_vendor(), status) if fault["body"] is None else fault["body"]
        return Response(json.dumps(body), status, content_type="application/json")
    return None


def _hang_up() -> None:
    """Close the connection so that the caller gets no answer at all."""
    connection = request.environ.get("werkzeug.socket")
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)


def _parameters() -> dict:
    """Query, form and JSON parameters by name; files as name and size. Secrets are still in it."""
    found = {name: values if len(values) > 1 else values[0] for name, values in request.values.lists()}
    if request.is_json and isinstance(body := request.get_json(silent=True), dict):
        found |= body
    return found | {name: _file_summary(file) for name, file in request.files.items()}


def _file_summary(file) -> str:
    size = file.stream.seek(0, 2)
    file.stream.seek(0)
    return f"{file.filename} ({size} bytes)"


def _record(world: World, response: Response, fault: dict | None, dropped: bool) -> None:
    shown = without_secrets(g.get("parameters", {}))
    body = b"" if response.direct_passthrough else response.get_data()
    world.journal.record(
        _vendor(), request.method, request.path, parameters=shown,
        idempotency_key=request.headers.get("Idempotency-Key"), status=None if dropped else response.status_code,
        answer=summarise(body, response.mimetype or ""), fault=fault["id"] if fault else None,
    )  # fmt: skip


"""Logs: JSON lines only, ours and libraries', with the request's id and without secrets."""
from __future__ import annotations

import json
import logging
import subprocess
import sys
from types import SimpleNamespace

import structlog

from marketplace.core import log

SECRET = "sk_test_51abcdef"  # noqa: S105 - looks like one, is none


def written(name: str, message: str, *args: object, exc_info: object = None) -> dict:
    """A library's line as it reaches the log while a request is answered."""
    record = logging.getLogger(name).makeRecord(name, logging.WARNING, __file__, 1, message, args, exc_info)
    with structlog.contextvars.bound_contextvars(request_id="abc"):
        return json.loads(log.formatter().format(record))


def test_a_library_writes_lines_like_ours():
    line = written("stripe", "asked %s", "balance")
    assert (line["event"], line["level"], line["logger"], line["request_id"]) == ("asked balance", "warning", "stripe", "abc")
    assert line["timestamp"].endswith("Z")


def test_a_librarys_secret_is_removed():
    line = written("stripe", "key %s refused", SECRET)
    assert line["event"] == "key sk_test_… refused"


def test_a_librarys_traceback_stays_on_its_line():
    try:
        raise ValueError("broken")
    except ValueError:
        line = written("procrastinate", "job failed", exc_info=sys.exc_info())
    assert "ValueError: broken" in line["exception"]


def test_every_line_of_a_command_is_json():
    """In a process of its own, because it takes the root logger."""
    said = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True).stdout.splitlines()
    ours, library = map(json.loads, said)
    assert ours["event"] == "ours"
    assert (library["event"], library["logger"]) == ("theirs", "procrastinate.worker")


PROGRAM = """
import logging, structlog
from flask import Flask
from marketplace.core import config, log
app = Flask("one")
app.extensions["settings"] = config.Settings()
log.write_logs(app)
structlog.get_logger().info("ours")
logging.getLogger("procrastinate.worker").info("theirs")
"""


def test_what_is_asked_of_an_address_is_not_logged(client, monkeypatch):
    """Links that work once carry their token there. (Tests log errors only, so the line is caught where it is written.)"""
    lines = []
    monkeypatch.setattr(log.structlog, "get_logger", lambda: SimpleNamespace(info=lambda event, **said: lines.append(said)))
    client.get("/invitation?token=canary-of-a-link")
    assert [line["path"] for line in lines] == ["/invitation"]
    assert "canary" not in str(lines)

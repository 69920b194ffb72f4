"""The sandbox as it is started: a program of its own."""

import os
import signal
import smtplib
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).parents[2]


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def running(port, *options, **environment):
    command = [sys.executable, "-m", "sandbox", "--port", str(port), *options]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == f"sandbox: http://127.0.0.1:{port}\n"
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)
        process.stdout.close()


@pytest.fixture
def ports():
    return free_port(), free_port()


def test_it_starts_serves_keeps_its_state_and_stops(ports, tmp_path):
    port, smtp_port = ports
    base = f"http://127.0.0.1:{port}"
    options = ["--smtp-port", str(smtp_port), "--state", str(tmp_path / "state"), "--clock-file", str(tmp_path / "clock")]
    with running(port, *options) as process:
        assert requests.get(f"{base}/healthz", timeout=5).json()["status"] == "ok"
        with smtplib.SMTP("127.0.0.1", smtp_port, timeout=5) as server:
            server.sendmail("a@example.com", ["b@example.com"], "Subject: Hello\r\n\r\nThere")
        requests.post(f"{base}/clock", json={"advance": 60}, timeout=5)
        assert (tmp_path / "clock").read_text() == "60.000000\n"
    assert process.returncode == 0
    with running(port, *options):
        assert requests.get(f"{base}/clock", timeout=5).json()["offset"] == 60
        assert [letter["subject"] for letter in requests.get(f"{base}/letters.json", timeout=5).json()] == ["Hello"]


def test_keys_come_from_the_environment(ports):
    port, smtp_port = ports
    with running(port, "--smtp-port", str(smtp_port), META_APP_ID="42", META_APP_SECRET="from-outside"):
        asked = {"client_id": "42", "client_secret": "from-outside", "grant_type": "client_credentials"}
        answer = requests.get(f"http://127.0.0.1:{port}/meta/graph/oauth/access_token", params=asked, timeout=5)
        assert answer.json()["access_token"] == "42|from-outside"


@pytest.mark.parametrize("option", ["--port", "--smtp-port"])
def test_a_taken_port_is_said_plainly(ports, option):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        wanted = {"--port": str(ports[0]), "--smtp-port": str(ports[1]), option: str(taken.getsockname()[1])}
        command = [sys.executable, "-m", "sandbox", *(word for pair in wanted.items() for word in pair)]
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert result.returncode == 1
    assert wanted[option] in result.stderr
    assert "in use" in result.stderr
    assert "Traceback" not in result.stderr

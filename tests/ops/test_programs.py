"""Starting, watching and ending programs, and what a killed run leaves behind."""

import json
import os
import signal
import socket
import stat
import subprocess
from dataclasses import fields

import pytest

from marketplace.core.config import Settings
from ops import dev, leftovers
from ops.environment import HOST, Ports, environment_of, is_taken, kept_secrets, without_settings
from ops.programs import Program, ProgramError


@pytest.fixture
def server():
    port = Ports.free().web
    command = ["http.server", str(port), "--bind", HOST]
    program = Program("server", command, without_settings(), f"http://{HOST}:{port}/")
    yield program
    program.stop()


def test_a_program_is_waited_for_and_stopped(server):
    server.start()
    server.wait_until_it_answers()
    server.stop()
    assert not server.runs()
    assert not server.answers()


def test_a_killed_program_can_be_started_again(server):
    server.start()
    server.wait_until_it_answers()
    server.kill()
    assert server.process.returncode == -signal.SIGKILL
    server.start()
    server.wait_until_it_answers()


def test_a_program_that_dies_is_named_with_its_last_lines():
    program = Program("worker", ["no_such_module"], without_settings(), "http://127.0.0.1:9/")
    program.start()
    with pytest.raises(ProgramError, match="(?s)The worker ended by itself.*No module named no_such_module"):
        program.wait_until_it_answers()


def test_a_program_that_answers_with_an_error_is_not_waited_for(server):
    server.health += "no-such-page"
    server.start()
    with pytest.raises(ProgramError, match="(?s)The server answers 404 at .*no-such-page"):
        server.wait_until_it_answers()


def test_lines_are_heard_with_the_name_of_who_said_them():
    heard = []
    program = Program("tool", ["json.tool", "--help"], without_settings(), heard=lambda *said: heard.append(said))
    program.start()
    program.wait()
    assert ("tool", heard[0][1]) == heard[0]
    assert "usage" in heard[0][1]


def test_a_taken_port_is_named_with_its_setting():
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        assert is_taken(port)
        with pytest.raises(dev.CannotStart, match=f"Port {port} is taken.*PORT={port + 100} bin/dev"):
            dev.check_ports(Ports(web=port))
    assert not is_taken(port)


def test_a_full_disk_is_called_that(tmp_path, monkeypatch):
    dev.check_room(tmp_path)
    monkeypatch.setattr(dev, "ROOM_NEEDED", 2**60)
    with pytest.raises(dev.CannotStart, match="The disk is full"):
        dev.check_room(tmp_path)


def test_secrets_are_made_once_and_only_for_their_owner(tmp_path):
    first = kept_secrets(tmp_path / "development.env")
    assert kept_secrets(tmp_path / "development.env") == first
    assert kept_secrets(tmp_path / "other.env") != first
    assert stat.S_IMODE((tmp_path / "development.env").stat().st_mode) == 0o600


def test_every_setting_passed_on_is_one_that_the_product_reads(tmp_path):
    passed = environment_of(tmp_path, Ports(), "app", "owner", "test")
    assert set(passed) <= {field.name.upper() for field in fields(Settings)}


@pytest.fixture
def sleeper():
    process = subprocess.Popen(["sleep", "60"], start_new_session=True)
    yield process
    process.kill()
    process.wait()


def test_what_a_killed_run_left_behind_is_ended(tmp_path, sleeper):
    leftovers.remember(tmp_path / "dev.json", {"worker": sleeper.pid})
    assert leftovers.end(tmp_path / "dev.json") == ["worker"]
    assert sleeper.wait(5) == -signal.SIGTERM
    assert leftovers.end(tmp_path / "dev.json") == []


def test_a_stranger_with_the_number_of_a_leftover_is_left_alone(tmp_path, sleeper):
    leftovers.remember(tmp_path / "dev.json", {"worker": sleeper.pid})
    noted = json.loads((tmp_path / "dev.json").read_text())
    noted["worker"]["began"] = leftovers.began(os.getpid())
    (tmp_path / "dev.json").write_text(json.dumps(noted))
    assert leftovers.end(tmp_path / "dev.json") == []
    assert sleeper.poll() is None

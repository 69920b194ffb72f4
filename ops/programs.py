"""The programs a whole Dayitto consists of, started and ended the same way by bin/dev, the story and the tests."""

import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ops.environment import HOST, Ports
from ops.flask_commands import END

ROOT = Path(__file__).resolve().parent.parent
POLITE_SECONDS = 20
"""How long a program may take to finish what it is doing; the worker gives its jobs 15 seconds."""
PROMPT = {"PYTHONUNBUFFERED": "1"}
"""So that a log line is seen when it is written."""
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class ProgramError(Exception):
    """A program did not do what it was started for; the message holds its last words."""


@dataclass
class Program:
    """One long-running program. It answers at `health` when it has started; without one it need only live."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    health: str = ""
    heard: Callable[[str, str], None] | None = None
    last_lines: deque[str] = field(default_factory=lambda: deque(maxlen=20))
    process: subprocess.Popen[str] | None = None
    listener: threading.Thread | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", *self.command], cwd=ROOT, env={**self.environment, **PROMPT}, text=True, errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        self.listener = threading.Thread(target=self._listen, args=(self.process,), daemon=True)
        self.listener.start()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout
        with process.stdout as lines:
            for line in lines:
                self.last_lines.append(line.rstrip())
                if self.heard:
                    self.heard(self.name, line.rstrip())

    def wait_until_it_answers(self, seconds: float = 60) -> None:
        """Raises ProgramError when it dies first, or stays silent."""
        deadline = time.monotonic() + seconds
        while not self.answers():
            if not self.runs():
                raise ProgramError(self.last_words())
            if time.monotonic() > deadline:
                raise ProgramError(f"The {self.name} does not answer at {self.health}.\n{self._tail()}")
            time.sleep(0.05)

    def answers(self) -> bool:
        """Raises ProgramError when it answers that something is wrong: waiting would not mend that."""
        if not self.health:
            return self.runs()
        try:
            with DIRECT.open(self.health, timeout=5) as answer:
                return answer.status == 200
        except urllib.error.HTTPError as error:
            with error:
                raise ProgramError(f"The {self.name} answers {error.code} at {self.health}.\n{self._tail()}") from None
        except OSError:
            return False

    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def last_words(self) -> str:
        """How it ended, for the person who has to mend it."""
        self._hear_the_rest()
        code = self.process.returncode if self.process else None
        return f"The {self.name} ended by itself (exit code {code}). Its last lines:\n{self._tail()}"

    def _tail(self) -> str:
        return "\n".join(self.last_lines)

    def stop(self) -> None:
        """Ask it to end, and insist after a while."""
        self.signal(signal.SIGTERM)
        try:
            self.wait()
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it and its children at once, as a power cut would."""
        self.signal(signal.SIGKILL)
        self.wait()

    def signal(self, number: signal.Signals) -> None:
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, number) if number == signal.SIGKILL else self.process.send_signal(number)

    def wait(self) -> None:
        if self.process:
            self.process.wait(POLITE_SECONDS)
            self._hear_the_rest()

    def _hear_the_rest(self) -> None:
        """What it wrote before it ended; a child of its own may hold the line open, so not for long."""
        if self.listener:
            self.listener.join(timeout=1)


def sandbox(environment: Mapping[str, str], ports: Ports, folder: Path) -> Program:
    options = {
        "--port": ports.sandbox, "--smtp-port": ports.smtp, "--state": folder / "sandbox.sqlite3",
        "--clock-file": folder / "clock", "--web-url": environment["SITE_URL"],
    }  # fmt: skip
    command = ["sandbox", *(str(word) for option in options.items() for word in option)]
    return Program("sandbox", command, environment, f"http://{HOST}:{ports.sandbox}/healthz")


def web(environment: Mapping[str, str], ports: Ports) -> Program:
    address = f"{HOST}:{ports.web}"
    command = [
        "gunicorn", "--bind", address, "--worker-class", "gthread", "--threads", "4", "--keep-alive", "75",
        "--no-control-socket", "--log-level", "warning", "wsgi:app",
    ]  # fmt: skip
    return Program("web", command, environment, f"http://{address}/healthz")


def worker(environment: Mapping[str, str]) -> Program:
    return Program("worker", ["flask", "--app", "wsgi", "worker"], environment)


def flask(environment: Mapping[str, str], *command: str) -> str:
    """Run one of the product's own commands to its end; what it says. Raises ProgramError."""
    done = _finish(environment, "flask", "--app", "wsgi", *command)
    if done.returncode != 0:
        raise ProgramError(f"flask {shlex.join(command)} failed:\n{done.stdout[-3000:]}")
    return done.stdout


def flask_commands(environment: Mapping[str, str], *commands: str) -> list[tuple[str, int]]:
    """Run several in one process, up to the first that fails: of each what it says and its exit code.

    Raises ProgramError when the process itself ended before that.
    """
    output = _finish(environment, "ops.flask_commands", *commands).stdout
    done = [(said, int(code)) for said, code in re.findall(rf"(.*?){END}(\d+)\n", output, re.DOTALL)]
    if len(done) < len(commands) and not (done and done[-1][1]):
        raise ProgramError(f"flask {commands[len(done)]} did not come to its end:\n{output[-3000:]}")
    return done


def _finish(environment: Mapping[str, str], *module: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *module], cwd=ROOT, env={**environment, **PROMPT}, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip

"""The settings a whole Dayitto on one machine runs with: its programs' environment, and secrets made for it."""

import base64
import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
NEEDED_FROM_THE_CALLER = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "PG_BINDIR", "COVERAGE_PROCESS_START")


@dataclass(frozen=True)
class Ports:
    """Where the programs listen on the loopback address."""

    web: int = 8000
    sandbox: int = 8001
    smtp: int = 8025

    @classmethod
    def chosen(cls) -> "Ports":
        """Those of PORT, SANDBOX_PORT and SMTP_PORT, or the usual ones."""
        names = {"web": "PORT", "sandbox": "SANDBOX_PORT", "smtp": "SMTP_PORT"}
        return cls(**{field: int(os.environ[name]) for field, name in names.items() if os.environ.get(name)})

    @classmethod
    def free(cls) -> "Ports":
        """Three that nobody listens on now."""
        sockets = [socket.create_server((HOST, 0)) for _ in range(3)]
        ports = cls(*(one.getsockname()[1] for one in sockets))
        for one in sockets:
            one.close()
        return ports

    def by_setting(self) -> dict[str, int]:
        return {"PORT": self.web, "SANDBOX_PORT": self.sandbox, "SMTP_PORT": self.smtp}


def is_taken(port: int) -> bool:
    """Whether some program listens there already."""
    try:
        socket.create_server((HOST, port)).close()
    except OSError:
        return True
    return False


def environment_of(folder: Path, ports: Ports, app_url: str, owner_url: str, name: str) -> dict[str, str]:
    """Every setting of `marketplace.core.config` that a machine of its own has an opinion on.

    `folder` keeps files, clock and secrets; `name` is development or test.
    """
    sandbox = f"http://{HOST}:{ports.sandbox}"
    return kept_secrets(folder / f"{name}.env") | {
        "ENVIRONMENT": name,
        "SITE_NAME": "Dayitto",
        "SITE_URL": f"http://{HOST}:{ports.web}",
        "DATABASE_URL": app_url,
        "DATABASE_OWNER_URL": owner_url,
        "STRIPE_API_URL": f"{sandbox}/stripe",
        "META_GRAPH_URL": f"{sandbox}/meta/graph",
        "META_DIALOG_URL": f"{sandbox}/meta/dialog",
        "MAIL_SERVER": HOST,
        "MAIL_PORT": str(ports.smtp),
        "MAIL_SENDER": "Dayitto <no-reply@dayitto.example>",
        "FILES_PATH": str(folder / "files"),
        "CLOCK_FILE": str(folder / "clock"),
    }


def kept_secrets(file: Path) -> dict[str, str]:
    """Random secrets, made once and kept where only their owner reads them."""
    if not file.exists():
        text = "".join(f"{name}={value}\n" for name, value in new_secrets().items())
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(text)
    return dict(line.split("=", 1) for line in file.read_text().splitlines() if "=" in line)


def new_secrets() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_hex(32),
        "STRIPE_SECRET_KEY": f"sk_test_{secrets.token_hex(16)}",
        "STRIPE_WEBHOOK_SECRET": f"whsec_{secrets.token_hex(16)}",
        "STRIPE_CONNECT_WEBHOOK_SECRET": f"whsec_{secrets.token_hex(16)}",
        "META_APP_ID": str(secrets.randbelow(9 * 10**14) + 10**14),
        "META_APP_SECRET": secrets.token_hex(16),
        "META_WEBHOOK_TOKEN": secrets.token_hex(16),
        "VAULT_KEYS": f"1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "AUDIT_KEY": secrets.token_hex(32),
    }


def without_settings() -> dict[str, str]:
    """What any program needs of the caller's environment, and no setting of Dayitto."""
    return {name: os.environ[name] for name in NEEDED_FROM_THE_CALLER if name in os.environ}

"""Typed settings, read once from the environment. Production refuses to start on a default."""
from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cached_property
from urllib.parse import parse_qs, urlsplit

DEVELOPMENT_KEY = "development-only"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class SettingsError(SystemExit):
    """The environment is not fit to run on; names every fault at once."""


def setting(default: str, meaning: str, *, required: bool = False, secret: bool = False, outside: bool = False):
    """One setting: its development default and its meaning. `required`: production must set it. `outside`: the
    address of a vendor, which production refuses on loopback."""
    return field(default=default, metadata={"meaning": meaning, "required": required, "secret": secret, "outside": outside})


@dataclass(frozen=True)
class Settings:
    """Every setting there is. The name of the environment variable is the field's name in capitals."""

    environment: str = setting("development", "development, test or production")
    site_name: str = setting("Dayitto", "the product's name as people see it")
    site_url: str = setting("http://127.0.0.1:8000", "the address people use; https in production", required=True)
    secret_key: str = setting(DEVELOPMENT_KEY, "signs cookies and links; 32 bytes or more", required=True, secret=True)
    database_url: str = setting("", "PostgreSQL, as the application's role", required=True, secret=True)
    database_owner_url: str = setting("", "PostgreSQL, as the owner; needed by migrations only", secret=True)
    stripe_api_url: str = setting("http://127.0.0.1:8001/stripe", "Stripe's API", outside=True)
    stripe_secret_key: str = setting("sk_test_development", "Stripe's secret key", required=True, secret=True)
    stripe_webhook_secret: str = setting("whsec_development", "signs platform events", required=True, secret=True)
    stripe_connect_webhook_secret: str = setting("whsec_connect_development", "signs Connect events", required=True, secret=True)
    meta_graph_url: str = setting("http://127.0.0.1:8001/meta/graph", "Facebook's Graph API", outside=True)
    meta_dialog_url: str = setting("http://127.0.0.1:8001/meta/dialog", "Facebook's consent screen", outside=True)
    meta_app_id: str = setting("1000000001", "Facebook app id", required=True)
    meta_app_secret: str = setting("meta-development", "Facebook app secret", required=True, secret=True)
    meta_webhook_token: str = setting("meta-hook-development", "verifies Facebook's webhook subscription", required=True, secret=True)
    mail_server: str = setting("127.0.0.1", "SMTP host", required=True, outside=True)
    mail_port: str = setting("8025", "SMTP port")
    mail_username: str = setting("", "SMTP user")
    mail_password: str = setting("", "SMTP password", secret=True)
    mail_tls: str = setting("", "starttls, ssl or empty; production needs one")
    mail_sender: str = setting("Dayitto <no-reply@dayitto.example>", "the From of every letter", required=True)
    vault_keys: str = setting(
        "1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        "versioned keys that wrap the data keys of stored tokens: `2:<base64 of 32 bytes>,1:<older>`; the first is used to write",
        required=True, secret=True)
    audit_key: str = setting(DEVELOPMENT_KEY, "HMAC key of the audit chain; kept outside the database", required=True, secret=True)
    files_path: str = setting("var/files", "folder (or s3:// address) of uploaded files", required=True)
    clock_file: str = setting("", "development and tests only: a file whose number moves the clock (seconds)")
    sweep_seconds: str = setting("15", "how often deadlines are looked at, in seconds")
    worker_dead_after_seconds: str = setting("20", "seconds of silence after which a worker counts as dead and its jobs are taken up again")
    contact_phone: str = setting("", "shown on public pages when set")
    contact_address: str = setting("", "shown on public pages when set")
    contact_email: str = setting("help@dayitto.example", "shown on public pages")
    announced_holidays: str = setting("", "public holidays that move, as announced for each year: "
                                          "`2031-01-25 Eid ul-Fitr, 2031-01-26 Eid ul-Fitr`; no clock ends on them")
    log_level: str = setting("info", "debug, info, warning or error")

    @property
    def production(self) -> bool:
        return self.environment == "production"

    @property
    def secure(self) -> bool:
        """Whether people reach the site over https."""
        return self.site_url.startswith("https://")

    @cached_property
    def holidays(self) -> dict[date, str]:
        """The announced holidays and their names. Raises SettingsError, naming what is no day with a name."""
        entries = [entry.strip() for entry in self.announced_holidays.split(",") if entry.strip()]
        found = dict(filter(None, map(_holiday, entries)))
        if len(found) < len(entries):
            unclear = [entry for entry in entries if not _holiday(entry)] or ["a day stands twice"]
            raise SettingsError(f"ANNOUNCED_HOLIDAYS must be days with names, each day once: {', '.join(unclear)}")
        return found

    @cached_property
    def on_sandbox(self) -> bool:
        """Whether any outside address is a machine's own: then every page says so."""
        return any(_loopback(getattr(self, f.name)) for f in fields(self) if f.metadata["outside"])


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings.

    Raises SettingsError naming every missing, default, sandbox or http setting when in production.
    """
    settings = Settings(**{f.name: environ.get(f.name.upper(), f.default) for f in fields(Settings)})
    if settings.environment not in {"development", "test", "production"}:
        raise SettingsError("ENVIRONMENT must be development, test or production")
    if settings.production and (faults := production_faults(settings)):
        raise SettingsError("Refusing to start in production:\n" + "\n".join(f"- {fault}" for fault in faults))
    return settings


def production_faults(settings: Settings) -> list[str]:
    """Why these settings are not fit for production, each naming its setting."""
    faults = [f"{f.name.upper()} is not set" for f in fields(settings)
              if f.metadata["required"] and getattr(settings, f.name) in ("", f.default)]
    faults += [f"{f.name.upper()} points at the sandbox ({getattr(settings, f.name)})" for f in fields(settings)
               if f.metadata["outside"] and _loopback(getattr(settings, f.name))]
    faults += [f"{f.name.upper()} is plain http" for f in fields(settings)
               if getattr(settings, f.name).startswith("http://")]
    if len(settings.secret_key) < 32:
        faults.append("SECRET_KEY is shorter than 32 characters")
    if settings.clock_file:
        faults.append("CLOCK_FILE moves the clock")
    if not _sealed_database(settings.database_url):
        faults.append("DATABASE_URL must end in sslmode=verify-full, or lead to this machine")
    if settings.mail_tls not in {"starttls", "ssl"}:
        faults.append("MAIL_TLS must be starttls or ssl")
    return faults


def _sealed_database(address: str) -> bool:
    """Whether the way to PostgreSQL is of this machine or checked by its certificate."""
    asked = parse_qs(urlsplit(address).query)
    host = urlsplit(address).hostname or asked.get("host", ["/"])[0]
    return host.startswith("/") or host in LOOPBACK or asked.get("sslmode") == ["verify-full"]


def _loopback(address: str) -> bool:
    host = urlsplit(address).hostname if "//" in address else address
    return host in LOOPBACK


def _holiday(entry: str) -> tuple[date, str] | None:
    """`2031-01-25 Eid ul-Fitr` as a day with its name."""
    written, _, name = entry.partition(" ")
    try:
        return (date.fromisoformat(written), name.strip()) if name.strip() else None
    except ValueError:
        return None


_RULES: dict[str, tuple[int, str]] = {}


def rule(name: str, default: int, meaning: str) -> int:
    """A number of the marketplace's rules (days, hours, basis points, minor units), changeable by an environment
    variable of that name. Each domain keeps its own numbers; `docs/operations.md` is generated from all of them."""
    _RULES[name] = (default, meaning)
    return int(os.environ.get(name, default))


def rules() -> dict[str, tuple[int, str]]:
    """Every rule's name with its default and meaning."""
    return dict(_RULES)

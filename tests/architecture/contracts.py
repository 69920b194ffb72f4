"""The house as import-linter contracts, built from the folders that exist."""
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

DOMAINS = [
    "factory", "site", "integrations", "reporting", "moderation", "disputes | reviews", "insights",
    "publishing | inbox | boosts", "access", "contracts", "bids", "jobs", "vetting", "payments | messaging | channels",
    "businesses | managers | training", "ledger | notifications | files | firewall", "accounts", "gateways", "core",
]
FILES = ["(views) | (api) | (cli) | (subscribers)", "(forms)", "(commands)", "(notices)", "(policies)", "(queries)", "(models) | (signals)"]
NOT_DOMAINS = {"factory", "gateways", "core"}
VENDORS = ["stripe", "requests", "httpx", "facebook_business", "googleapiclient", "xdk", "authlib", "obstore"]
WEB = ["flask", "flask_login", "wtforms", "werkzeug"]
SPOKEN_IN = {"stripe": "marketplace.payments.commands", "meta": "marketplace.channels.commands", "storage": "marketplace.files.commands"}


def lint(root: Path) -> str:
    """What import-linter says of the package `marketplace` under a root; ends in "0 broken." when the house stands."""
    config = root / ".importlinter-generated.toml"
    config.write_text(_toml(root))
    try:
        return subprocess.run([sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--config", str(config),
                               "--no-cache"], cwd=root, env={"PYTHONPATH": str(root), "PATH": "/usr/bin:/bin", "COLUMNS": "200"},
                              capture_output=True, text=True).stdout
    finally:
        config.unlink()


def domains(root: Path) -> list[str]:
    """The domains that exist, without core, gateways and factory."""
    packages = sorted(path.parent.name for path in (root / "marketplace").glob("*/__init__.py"))
    return [name for name in packages if name not in NOT_DOMAINS]


def _toml(root: Path) -> str:
    return "\n".join(["[tool.importlinter]", 'root_package = "marketplace"', "include_external_packages = true",
                      *(_contract(contract) for contract in _contracts(root))])


def _contracts(root: Path) -> list[dict]:
    existing = domains(root)
    modules = [f"marketplace.{name}" for name in existing]
    contracts = [
        {"name": "Domains: imports only point down the list", "type": "layers", "exhaustive": True, "containers": ["marketplace"],
         "layers": [_optional(layer, root) for layer in DOMAINS]},
        {"name": "Inside a domain: imports only point down, and no other file names", "type": "layers", "exhaustive": True,
         "containers": modules, "layers": FILES},
        {"name": "No cycles between siblings", "type": "acyclic_siblings", "ancestors": ["marketplace"]},
        {"name": "Doors: only the factory opens views, api, cli and subscribers", "type": "protected",
         "protected_modules": _files(root, "views", "api", "cli", "subscribers"), "allowed_importers": ["marketplace.factory"],
         "as_packages": True},
        {"name": "Rules do not know the web", "type": "forbidden", "allow_indirect_imports": True, "forbidden_modules": WEB,
         "source_modules": _files(root, "queries", "policies", "commands", "notices", "signals", "subscribers")},
        {"name": "Reads never write: models, signals, queries and policies import no commands, notices or forms", "type": "forbidden",
         "allow_indirect_imports": True, "source_modules": _files(root, "models", "signals", "queries", "policies"),
         "forbidden_modules": _files(root, "commands", "notices", "forms")},
        {"name": "Only gateways import vendors' libraries", "type": "forbidden", "allow_indirect_imports": True,
         "source_modules": ["marketplace.core", *modules], "forbidden_modules": VENDORS},
    ]
    for name in existing:
        own = _files(root, "forms", "notices", only=name)
        if own:
            contracts.append({"name": f"Forms and notices of {name} serve {name}", "type": "protected", "protected_modules": own,
                              "allowed_importers": [f"marketplace.{name}"]})
    for gateway, speaker in SPOKEN_IN.items():
        if _exists(root, f"gateways/{gateway}") and _exists(root, speaker.replace(".", "/").removeprefix("marketplace/")):
            contracts.append({"name": f"{gateway} is spoken in one place", "type": "protected",
                              "protected_modules": [f"marketplace.gateways.{gateway}"], "allowed_importers": [speaker]})
    for private in ("ledger", "channels"):
        if private in existing:
            contracts.append({"name": f"The tables of {private} are a private door", "type": "protected",
                              "protected_modules": [f"marketplace.{private}.models"],
                              "allowed_importers": [f"marketplace.{private}", "marketplace.factory"]})
    return [contract for contract in contracts if contract.get("protected_modules", True) and contract.get("source_modules", True)]


def _files(root: Path, *names: str, only: str | None = None) -> list[str]:
    """The modules of these names that exist, of all domains or of one."""
    return [f"marketplace.{domain}.{name}" for domain in ([only] if only else domains(root)) for name in names
            if _exists(root, f"{domain}/{name}")]


def _exists(root: Path, path: str) -> bool:
    base = root / "marketplace" / path
    return base.with_suffix(".py").exists() or (base / "__init__.py").exists()


def _optional(layer: str, root: Path) -> str:
    names = [name.strip() for name in layer.split("|")]
    return " | ".join(name if _exists(root, name) else f"({name})" for name in names)


def _contract(contract: dict) -> str:
    lines = ["[[tool.importlinter.contracts]]"]
    for key, value in contract.items():
        if isinstance(value, bool):
            lines.append(f"{key} = {str(value).lower()}")
        elif isinstance(value, list):
            lines.append(f"{key} = [{', '.join(repr(item) for item in value)}]".replace("'", '"'))
        else:
            lines.append(f'{key} = "{value}"')
    return "\n".join(lines)

"""The demo data: everything is made through the domains' own commands, some of it in the past."""
from __future__ import annotations

from typing import Any

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Person
from marketplace.moderation import commands as moderation
from marketplace.notifications.commands import want_letters
from marketplace.site.commands import demo_businesses, demo_contracts, demo_managers, demo_people
from marketplace.site.commands.demo_people import PASSWORD, TOTP_SECRET, address, ago
from marketplace.site.commands.demo_sandbox import Sandbox, SandboxError

SHOWN = {
    "sharmin": "business: a job with three bids",
    "shirin": "business: paid, delivered, disputed, finished and given back; ad money, a bonus, a proposed change",
    "kamrul": "business: a contract that waits for its first payment",
    "poly": "business: a job that was sent back",
    "rina": "manager: vetted, shortlisted, with contracts and a wallet",
    "farhana": "manager: has an offer to answer, and a review to write",
    "tanvir": "manager: has a paid job under way",
    "shuvo": "manager: waits for vetting",
    "tareq": "team: moderator, vetter",
    "lubna": "team: vetter, finance",
    "sadia": "team: superadmin",
    "hasan": "team: superadmin",
}
"""Whom one signs in as, and what for."""


def load() -> bool:
    """Fill the database unless the demo people are in it already; returns whether anything was done. The caller commits."""
    if accounts.by_email(address("sadia")):
        return False
    staff = demo_people.hire()
    managers = demo_managers.join(staff)
    businesses = demo_businesses.join(staff, managers)
    everybody = [*staff.values(), *managers.values(), *(business.owner for business in businesses.values())]
    _report(managers["farhana"], businesses["jahid"].job)
    _letters_again(everybody)
    return True


def load_contracts(stripe_api_url: str, patience: float) -> bool:
    """Live through the contracts with money in them, once; returns whether anything was done. The caller commits.

    Needs the people of `load`, and the sandbox, which may take so many seconds to come. Raises SandboxError without it.
    """
    if accounts.by_email(address("shirin")):
        return False
    sandbox = Sandbox(stripe_api_url)
    if not sandbox.answers(patience):
        raise SandboxError(f"No sandbox answers at {stripe_api_url}.")
    managers = {row["manager"]: accounts.by_email(address(row["manager"])) for row in demo_people.read("contracts")["contract"]}
    for person in managers.values():
        demo_people.quiet(person)
    owners = demo_contracts.live(sandbox, managers, accounts.by_email(address("tareq")),
                                accounts.by_email(address("lubna")))
    _letters_again([*owners, *managers.values()])
    return True


def people() -> list[tuple[str, str]]:
    """The addresses worth signing in with, and what one sees there; the password and the secret of the second factor last."""
    return [(address(key), what) for key, what in SHOWN.items()] + [("password", PASSWORD), ("second factor of the team", TOTP_SECRET)]


def _report(by: Person, job: Any) -> None:
    ago(0.1, lambda: moderation.report(job, job.title, by, "false", "এই ঘড়ির ছবি আরেকটা পেজ থেকে নেওয়া, আসলটার দাম অনেক বেশি।"))


def _letters_again(everybody: list[Person]) -> None:
    """They were told nothing by mail while they were made; from now on they are."""
    for person in everybody:
        want_letters(person, True)

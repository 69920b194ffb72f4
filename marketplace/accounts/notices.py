"""Letters about accounts. All concern security, so nobody can turn them off."""
from __future__ import annotations

from marketplace.accounts.models import Person, SignUp
from marketplace.core import clock
from marketplace.core.mail import letter


def confirm_address(joining: SignUp, token: str) -> None:
    """The link that makes a sign-up a person."""
    letter("accounts/confirm_address", joining.email, joining.language, name=joining.name, token=token)


def already_here(person: Person) -> None:
    """Somebody signed up with an address that has an account."""
    _tell(person, "already_here")


def reset_password(person: Person, token: str) -> None:
    """The link to a new password."""
    _tell(person, "reset_password", token=token)


def password_changed(person: Person) -> None:
    """To the address, in case it was somebody else."""
    _tell(person, "password_changed")


def new_device(person: Person, device: str) -> None:
    """Somebody signed in with a browser this person never used."""
    _tell(person, "new_device", device=device)


def confirm_new_address(person: Person, email: str, token: str) -> None:
    """To the new address: the link that proves it."""
    letter("accounts/confirm_new_address", email, person.language, name=person.name, token=token)


def address_changed(person: Person, old: str) -> None:
    """To the old address, in case it was somebody else."""
    letter("accounts/address_changed", old, person.language, name=person.name, new=person.email, at=clock.now())


def second_factor_changed(person: Person) -> None:
    """The second factor was turned on, moved or turned off."""
    _tell(person, "second_factor_changed", on=person.totp_since is not None)


def _tell(person: Person, name: str, **context: object) -> None:
    letter(f"accounts/{name}", person.email, person.language, name=person.name, at=clock.now(), **context)

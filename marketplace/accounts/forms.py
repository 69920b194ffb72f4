"""What may be typed about accounts."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, PasswordField, RadioField, SelectChoice
from wtforms.validators import DataRequired, Email, InputRequired

from marketplace.accounts.models import Intention
from marketplace.core.forms import Form, Line, Longest

REQUIRED = _l("Fill this in.")
LANGUAGES = [SelectChoice("bn", "বাংলা"), SelectChoice("en", "English")]
CODE = {"inputmode": "text", "autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}


def email_field(label: object, autocomplete: str = "email") -> EmailField:
    """An e-mail address."""
    checks = [DataRequired(REQUIRED), Longest(254), Email(_l("Write an address such as name@example.com."))]
    return EmailField(label, checks, render_kw={"autocomplete": autocomplete, "spellcheck": "false"})


def password_field(label: object, autocomplete: str, description: object = "") -> PasswordField:
    """A password, taken exactly as typed: `data-raw` keeps the cleaner of other text away."""
    return PasswordField(label, [InputRequired(REQUIRED)], description=description,
                         render_kw={"data-raw": True, "autocomplete": autocomplete})


def new_password_field(label: object) -> PasswordField:
    """A password being chosen."""
    return password_field(label, "new-password", _l("At least 10 characters. Three or four words in any language work well."))


class SignUpForm(Form):
    """Joining."""

    intends = RadioField(_l("What brings you here?"), [InputRequired(_l("Choose one."))], choices=[
        SelectChoice(Intention.business.value, _l("I have a page")), SelectChoice(Intention.manager.value, _l("I manage pages"))])
    name = Line(_l("Your name"), [DataRequired(REQUIRED)], most=120, render_kw={"autocomplete": "name"})
    email = email_field(_l("E-mail"))
    password = new_password_field(_l("Password"))


class SignInForm(Form):
    """Address and password."""

    email = email_field(_l("E-mail"), "username")
    password = password_field(_l("Password"), "current-password")


class CodeForm(Form):
    """A code of the second factor, or a recovery code."""

    code = Line(_l("Code"), [DataRequired(REQUIRED)], most=60, render_kw=CODE)


class EmailForm(Form):
    """One address."""

    email = email_field(_l("E-mail"))


class NewPasswordForm(Form):
    """A new password."""

    password = new_password_field(_l("New password"))


class PasswordForm(Form):
    """The password one has."""

    password = password_field(_l("Password"), "current-password")


class ConfirmForm(PasswordForm):
    """The password one has, and the second factor for those who use one."""

    code = Line(_l("Code"), most=60, render_kw=CODE)


class ChangePasswordForm(Form):
    """The password one has and the one to come."""

    current = password_field(_l("Password now"), "current-password")
    password = new_password_field(_l("New password"))


class ParticularsForm(Form):
    """How a person is called, and in which language."""

    name = Line(_l("Your name"), [DataRequired(REQUIRED)], most=120, render_kw={"autocomplete": "name"})
    language = RadioField(_l("Language of pages and letters"), [InputRequired(_l("Choose one."))], choices=LANGUAGES)

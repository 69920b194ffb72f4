"""Forms: what may be typed, cleaned the same way everywhere, and answered with 422 when it cannot be taken."""
from __future__ import annotations

import re
import unicodedata
import uuid
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Response, make_response, render_template, request
from flask_babel import get_translations
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import Field, HiddenField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length
from wtforms.widgets import TextInput

from marketplace.core.errors import DomainError
from marketplace.core.i18n import LATIN_DIGITS, digits, number
from marketplace.core.money import MAX_MINOR

__all__ = [
    "FileField", "Form", "Line", "Longest", "MoneyField", "NumberField", "Paragraph", "Part", "StaffRefundForm", "StepForm",
    "answer", "clean", "latin",
]

# What WTForms itself says of a day or a choice that cannot be; named here, so that the catalogue has it.
WTFORMS_SAYS = (_l("Not a valid date value."), _l("Not a valid datetime value."), _l("Not a valid choice."))
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


class Form(FlaskForm):
    """A form with CSRF, cleaned text and messages in the reader's language."""

    class Meta(FlaskForm.Meta):
        """Where WTForms finds translations and what cleans every text field."""

        def get_translations(self, form: Any) -> Any:
            return get_translations()

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            if issubclass(unbound_field.field_class, StringField):
                filters = list(unbound_field.kwargs.get("filters", ()))
                if clean not in filters and not unbound_field.kwargs.get("render_kw", {}).get("data-raw"):
                    unbound_field.kwargs["filters"] = [clean, *filters]
            if choices := unbound_field.kwargs.get("choices"):
                unbound_field.kwargs["choices"] = [SelectChoice(*pair) if isinstance(pair, tuple) else pair for pair in choices]
            return unbound_field.bind(form=form, **options)

    def refuse(self, error: DomainError) -> None:
        """Show a command's refusal beside the field it belongs to, or on top of the form."""
        if error.field and error.field in self._fields:
            field = self._fields[error.field]
            field.errors = [*field.errors, error.message]
        else:
            self.form_errors = [*self.form_errors, error.message]


def clean(value: str | None) -> str | None:
    """NFC, without control and direction marks, trimmed. Joiners stay: Bengali needs them."""
    if value is None:
        return None
    return CONTROL.sub("", unicodedata.normalize("NFC", value).replace("\r\n", "\n")).strip()


def answer(template: str, form: Form | None = None, **context: Any) -> Response:
    """The page with its form: 200 when shown, 422 when what was typed could not be taken."""
    submitted = request.method in {"POST", "PUT", "PATCH"}
    return make_response(render_template(template, form=form, **context), 422 if submitted else 200)


class Longest(Length):
    """At most `most` characters, said in the reader's language and digits."""

    def __init__(self, most: int) -> None:
        super().__init__(max=most)

    def __call__(self, form: Any, field: Any) -> None:
        written = len(field.data or "")
        if written > self.max:
            raise ValidationError(_l("Write at most %(most)s characters; now it is %(written)s.", most=number(self.max),
                                     written=number(written)))


class Line(StringField):
    """One line of text, at most `most` characters; "" when it was not sent at all."""

    def __init__(self, label: Any = None, validators: Any = (), most: int = 200, **kwargs: Any) -> None:
        super().__init__(label, [*validators, Longest(most)], **{"default": "", **kwargs})


class Paragraph(TextAreaField):
    """Several lines of text, at most `most` characters; "" when they were not sent at all."""

    def __init__(self, label: Any = None, validators: Any = (), most: int = 5000, **kwargs: Any) -> None:
        super().__init__(label, [*validators, Longest(most)], **{"default": "", **kwargs})


class NumberField(Field):
    """A whole number, in Bengali or Latin digits."""

    widget = TextInput()

    def __init__(self, label: Any = None, validators: Any = (), least: int = 0, most: int = 10**9, **kwargs: Any) -> None:
        super().__init__(label, validators, render_kw={"inputmode": "numeric", **kwargs.pop("render_kw", {})}, **kwargs)
        self.least, self.most, self.raw = least, most, ""

    def _value(self) -> str:
        return self.raw or ("" if self.data is None else digits(str(self.data)))

    def process_formdata(self, valuelist: list[str]) -> None:
        self.raw = (clean(valuelist[0]) if valuelist else "") or ""
        self.data = None
        if self.raw:
            self.data = self._read(latin(self.raw))

    def _read(self, text: str) -> int:
        if not re.fullmatch(r"\d{1,12}", text):
            raise ValueError(self.gettext(_l("Write a whole number, such as 60.")))
        return int(text)

    def pre_validate(self, form: Any) -> None:
        if self.data is not None and not self.least <= self.data <= self.most:
            raise ValidationError(_l("Write a number from %(least)s to %(most)s.", least=number(self.least), most=number(self.most)))


class MoneyField(NumberField):
    """An amount typed in taka (or `currency`), kept in minor units."""

    def __init__(self, label: Any = None, validators: Any = (), currency: str = "BDT", least: int = 100, most: int = MAX_MINOR // 1000,
                 **kwargs: Any) -> None:
        super().__init__(label, validators, least, most, render_kw={"inputmode": "decimal", "data-money": currency}, **kwargs)
        self.currency = currency

    def _value(self) -> str:
        if self.raw or self.data is None:
            return self.raw
        return digits(f"{self.data // 100}" + (f".{self.data % 100:02}" if self.data % 100 else ""))

    def _read(self, text: str) -> int:
        try:
            amount = Decimal(text.replace(",", "").replace("৳", "").strip())
        except InvalidOperation:
            amount = None
        if amount is None or not amount.is_finite() or amount * 100 != int(amount * 100) or not 0 <= amount <= MAX_MINOR:
            raise ValueError(self.gettext(_l("Write an amount in taka, such as 7,000.")))
        return int(amount * 100)

    def pre_validate(self, form: Any) -> None:
        if self.data is not None and not self.least <= self.data <= self.most:
            raise ValidationError(_l("Write an amount from %(least)s to %(most)s.", least=number(self.least // 100),
                                     most=number(self.most // 100)))


class StaffRefundForm(Form):
    """Money that finance sends back. `key` is made with the page, so that a second tap is the same refund."""

    amount = MoneyField(_l("How much goes back"), [DataRequired(_l("Write an amount."))])
    reason = Paragraph(_l("Why"), [DataRequired(_l("Write why. It is kept with the posting."))], most=2000)
    key = HiddenField(default=lambda: str(uuid.uuid4()))


class Part(Form):
    """A form inside another one, which carries the token."""

    class Meta(Form.Meta):
        """Without a token of its own."""

        csrf = False


class StepForm(Part):
    """One step of a piece of work, with its amount and days; an empty row is left out."""

    title = Line(_l("What is done"), most=120)
    amount_minor = MoneyField(_l("Amount"), least=100_00)
    days = NumberField(_l("Days"), least=1, most=60)

    @property
    def empty(self) -> bool:
        """Whether nothing was typed in this row."""
        return not any(field.data or field.errors for field in (self.title, self.amount_minor, self.days))

    @property
    def step(self) -> dict[str, Any]:
        """The row as it is stored."""
        return {"title": self.title.data, "amount_minor": self.amount_minor.data, "days": self.days.data}

    def validate(self, extra_validators: Any = None) -> bool:
        """A row is either empty or whole."""
        if not super().validate(extra_validators):
            return False
        gaps = [] if self.empty else [field for field in (self.title, self.amount_minor, self.days) if not field.data]
        for field in gaps:
            field.errors = [*field.errors, _l("Fill in the whole row, or leave it empty.")]
        return not gaps


def latin(text: str) -> str:
    """The text with Latin digits and without grouping."""
    return text.translate(LATIN_DIGITS).replace(",", "")

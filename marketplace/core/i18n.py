"""Two languages: which one a reader gets, and how numbers, money and moments look in it.

Catalogues: msgids are the English text; the Bengali is in `translations/bn/<domain>.po`, one file a domain, joined when
the application starts. Babel prints Latin digits for Bengali, so numbers are formatted first and translated after.
"""
from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, appcontext_pushed, current_app, g, has_request_context, request
from flask_babel import Babel, Domain, force_locale, get_locale, gettext
from flask_login import current_user
from jinja2 import pass_context, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from marketplace.core import clock
from marketplace.core.money import Money

LANGUAGES = ("bn", "en")
BENGALI_DIGITS = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")
LATIN_DIGITS = str.maketrans("০১২৩৪৫৬৭৮৯", "0123456789")
SYMBOLS = {"BDT": "৳", "USD": "$"}
NBSP = "\u00a0"
TRANSLATIONS = Path(__file__).parent.parent / "translations"
WEEKDAYS = {"en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
            "bn": ("সোমবার", "মঙ্গলবার", "বুধবার", "বৃহস্পতিবার", "শুক্রবার", "শনিবার", "রবিবার")}
MONTHS = {"en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"),
          "bn": ("জানুয়ারি", "ফেব্রুয়ারি", "মার্চ", "এপ্রিল", "মে", "জুন", "জুলাই", "আগস্ট", "সেপ্টেম্বর", "অক্টোবর", "নভেম্বর", "ডিসেম্বর")}



class Catalogues(Domain):
    """Both languages, joined when the application starts. A page translates hundreds of strings, so the way here is short."""

    def get_translations(self) -> Any:
        return self.cache[language()]


CATALOGUES = Catalogues()


class Languages(Babel):
    """Babel with catalogues kept for all requests; its own would be loaded again in each."""

    domain_instance = CATALOGUES


babel = Languages()
_spoken: ContextVar[str] = ContextVar("spoken", default="")


def speak(app: Flask) -> None:
    """Set up languages, filters and catalogues."""
    app.config["BABEL_DEFAULT_LOCALE"] = "bn"
    babel.init_app(app, locale_selector=preferred)
    CATALOGUES.cache.update(bn=_catalogue("bn"), en=Translations())
    app.jinja_env.globals.update(_=_gettext, gettext=_gettext, ngettext=_ngettext)
    appcontext_pushed.connect(_ask_again, app)
    app.teardown_appcontext(_ask_again)
    app.add_template_global(language, "language")
    for function in (money, number, day, moment, ago, clock_time, hour, month):
        app.add_template_filter(_unfolded(function), function.__name__)


def preferred() -> str:
    """The reader's language: their own setting, else the cookie, else what the browser asks for, else Bengali."""
    if not has_request_context():
        return "bn"
    if current_user and current_user.is_authenticated:
        return current_user.language
    cookie = request.cookies.get(current_app.config["LANGUAGE_COOKIE"])
    return cookie if cookie in LANGUAGES else request.accept_languages.best_match(LANGUAGES) or "bn"


def language() -> str:
    """"bn" or "en": the language being written now."""
    return _spoken.get() or _found_out()


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Write in this language inside the block (letters and PDFs in the receiver's language)."""
    before = _spoken.set("")
    try:
        with force_locale(code):
            yield
    finally:
        _spoken.reset(before)


def digits(text: str) -> str:
    """The text with its digits in the language being written."""
    return text.translate(BENGALI_DIGITS) if language() == "bn" else text


def number(value: float | None, decimals: int = 0) -> str:
    """A number grouped in lakh and crore, with the language's digits."""
    if value is None:
        return ""
    whole, _, fraction = f"{abs(value):.{decimals}f}".partition(".")
    return digits(("−" if value < 0 else "") + _lakh(whole) + ("." + fraction if fraction else ""))


def money(value: Money | int | None, currency: str = "BDT") -> str:
    """An amount in minor units as people read it: bn "৳ ৭,০০০", en "৳7,000"; poisha only when there are some."""
    if value is None:
        return ""
    amount = value if isinstance(value, Money) else Money(value, currency)
    sign = "−" if amount.minor < 0 else ""
    text = number(abs(amount.minor) / 100, 2 if amount.minor % 100 else 0)
    return f"{sign}{SYMBOLS.get(amount.currency, amount.currency)}{NBSP if language() == 'bn' else ''}{text}"


def day(value: datetime | date | None) -> str:
    """A date with its weekday, of a moment in Dhaka: "শুক্রবার, ২৭ নভেম্বর"; the year only when it is another one."""
    if value is None:
        return ""
    local = value.astimezone(clock.DHAKA) if isinstance(value, datetime) else value
    year = f" {local.year}" if local.year != clock.today().year else ""
    return digits(f"{WEEKDAYS[language()][local.weekday()]}, {local.day} {MONTHS[language()][local.month - 1]}{year}")


def dated(value: date) -> str:
    """A date for paper, always with its year: "২০ জানুয়ারি ২০২৭"."""
    return digits(f"{value.day} {MONTHS[language()][value.month - 1]} {value.year}")


def month(value: datetime) -> str:
    """A month with its year."""
    local = value.astimezone(clock.DHAKA)
    return digits(f"{MONTHS[language()][local.month - 1]} {local.year}")


def clock_time(value: datetime) -> str:
    """A time of day as spoken: "রাত ৯টা", "৯:৩০"; English "9 pm"."""
    local = value.astimezone(clock.DHAKA)
    hour = local.hour % 12 or 12
    minutes = f":{local.minute:02}" if local.minute else ""
    if language() == "bn":
        return digits(f"{_part_of_day(local.hour)} {hour}{minutes or 'টা'}")
    return f"{hour}{minutes} {'am' if local.hour < 12 else 'pm'}"


def hour(value: int) -> str:
    """A whole hour of the day in Dhaka, as spoken: "দুপুর ২টা"; English "2 pm"."""
    return clock_time(clock.today().replace(hour=value, minute=0))


def moment(value: datetime | None) -> str:
    """A date with weekday and time: "শুক্রবার, ২৭ নভেম্বর, রাত ৯টা"."""
    return f"{day(value)}, {clock_time(value)}" if value else ""


def ago(value: datetime | None) -> Markup:
    """How long since, or until, with the exact moment in the title."""
    if value is None:
        return Markup("")
    shown = f'<time datetime="{value.isoformat()}" title="{moment(value)}">{escape(_relative(value))}</time>'
    return Markup(shown)  # noqa: S704 - figures and our own words; a list has dozens, and Markup.format is slow


def _relative(value: datetime) -> str:
    gap = clock.now() - value
    count, unit = _largest_unit(abs(gap))
    if count == 0:
        return gettext("just now")
    return _past(count, unit) if gap > timedelta() else _future(count, unit)


def _largest_unit(gap: timedelta) -> tuple[int, str]:
    minutes = int(gap.total_seconds() // 60)
    if minutes < 60:
        return minutes, "minute"
    return (minutes // 60, "hour") if minutes < 60 * 48 else (minutes // 1440, "day")


def _past(count: int, unit: str) -> str:
    if unit == "minute":
        return ngettext("%(n)s minute ago", "%(n)s minutes ago", count)
    if unit == "hour":
        return ngettext("%(n)s hour ago", "%(n)s hours ago", count)
    return ngettext("%(n)s day ago", "%(n)s days ago", count)


def _future(count: int, unit: str) -> str:
    if unit == "minute":
        return ngettext("in %(n)s minute", "in %(n)s minutes", count)
    if unit == "hour":
        return ngettext("in %(n)s hour", "in %(n)s hours", count)
    return ngettext("in %(n)s day", "in %(n)s days", count)


def ngettext(one: str, many: str, count: int) -> str:
    """The count in words; as Flask-Babel's, in fewer steps: a list says two dozen times how long ago."""
    return CATALOGUES.get_translations().ungettext(one, many, count) % {"n": number(count)}


def _part_of_day(hour: int) -> str:
    for before, name in ((4, "রাত"), (6, "ভোর"), (12, "সকাল"), (15, "দুপুর"), (18, "বিকেল"), (20, "সন্ধ্যা")):
        if hour < before:
            return name
    return "রাত"


def _lakh(whole: str) -> str:
    head, tail = whole[:-3], whole[-3:]
    groups = []
    while head:
        groups.insert(0, head[-2:])
        head = head[:-2]
    return ",".join([*groups, tail])


def _unfolded(function: Any) -> Any:
    """A filter whose value depends on the reader must not be folded into a constant when Jinja compiles."""
    @pass_context
    def filtered(_context: Any, *args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)
    return filtered


def _catalogue(code: str) -> Translations:
    """All domains' catalogues of a language joined into one."""
    joined = Catalog(locale=code)
    for path in sorted((TRANSLATIONS / code).glob("*.po")):
        with path.open("rb") as lines:
            for message in read_po(lines, locale=code):
                if message.id and message.string:
                    joined.add(message.id, message.string, context=message.context)
    compiled = io.BytesIO()
    write_mo(compiled, joined)
    compiled.seek(0)
    return Translations(compiled)


def forget() -> None:
    """Forget the request's chosen language (after the person changes it)."""
    g.pop("_flask_babel", None)
    _ask_again()


def _found_out() -> str:
    """Remembered as long as the context lasts: a page asks hundreds of times, and Flask-Babel's answer is slow."""
    locale = get_locale()
    if locale is None:
        return "bn"
    _spoken.set(locale.language)
    return locale.language


def _ask_again(_app: Any = None, **_signal: Any) -> None:
    """Another context begins or ends here; what was found out in the one before may not hold."""
    _spoken.set("")


@pass_eval_context
def _gettext(context: EvalContext, text: str, /, **variables: Any) -> str:
    """What templates call `_`: as Jinja's own (escaped where the template is HTML, always filled in), in a third of its steps."""
    return _filled(context, CATALOGUES.get_translations().ugettext(text), variables)


@pass_eval_context
def _ngettext(context: EvalContext, one: str, many: str, count: int, /, **variables: Any) -> str:
    return _filled(context, CATALOGUES.get_translations().ungettext(one, many, count), {"num": count, **variables})


def _filled(context: EvalContext, said: str, variables: dict[str, Any]) -> str:
    return (Markup(said) if context.autoescape else said) % variables  # noqa: S704 - our own catalogue; variables are escaped

"""What a month's step is called, in the language that is spoken now."""
from __future__ import annotations

from datetime import date

from flask_babel import gettext as _

from marketplace.core import i18n


def month_title(number: int, days: list[str]) -> str:
    """A month by its number, and by its first and last day once they are known."""
    if not days:
        return _("Month %(n)s", n=i18n.number(number))
    first, last = (i18n.day(date.fromisoformat(day)) for day in days)
    return _("Month %(n)s: %(first)s – %(last)s", n=i18n.number(number), first=first, last=last)

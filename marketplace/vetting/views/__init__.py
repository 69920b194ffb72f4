"""Pages of vetting: the applicant's and the team's."""
from flask import render_template, url_for
from flask_babel import lazy_gettext as _l

from marketplace.core import navigation, slots, subjects, vocabulary
from marketplace.managers.models import Manager
from marketplace.vetting import queries
from marketplace.vetting.models import Application
from marketplace.vetting.views import applicant, staff  # noqa: F401 - their routes
from marketplace.vetting.views.blueprint import pages

__all__ = ["pages"]


def _title(application: Application) -> str:
    return f"{application.manager.name}: {vocabulary.label(vocabulary.KINDS, application.level)}"


@slots.panel("managers.checked")
def rubric_link(manager: Manager) -> str:
    """Beside what was checked: how it is checked."""
    return render_template("vetting/_rubric_link.html")


@slots.panel("managers.desk")
def way_in(manager: Manager) -> str:
    """On a manager's desk: that bidding needs vetting, and where to ask for it."""
    return render_template("vetting/_way_in.html", manager=manager)


navigation.add("manager", 70, _l("Vetting"), "vetting.home", "rosette-discount-check")
navigation.add("staff", 20, _l("Vetting"), "vetting.index", "rosette-discount-check", queries.count_waiting)
subjects.register("application", queries.application_seen_by, _title,
                  lambda application: url_for("vetting.application", application_id=application.id))

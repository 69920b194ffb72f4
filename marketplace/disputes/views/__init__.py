"""The doors of disputes: opening and the record, settling, the team's list, and panels on other pages."""
from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.core import navigation, subjects
from marketplace.disputes import queries
from marketplace.disputes.views import panels, settling, staff
from marketplace.disputes.views.disputes import pages

navigation.add("staff", 35, _l("Disputes"), "disputes.desk", "gavel", queries.count_to_decide)
subjects.register("dispute", queries.dispute_seen_by, lambda row: _("Dispute: %(title)s", title=row.milestone.title),
                  lambda row: url_for("disputes.show", dispute_id=row.id))

__all__ = ["pages", "panels", "settling", "staff"]

"""The team's pages, and the way to tell the team about something."""
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.contracts.queries import parties
from marketplace.core import navigation, subjects
from marketplace.moderation import queries
from marketplace.moderation.views import people, record, reports, roles
from marketplace.moderation.views.desk import pages

navigation.add("staff", 10, _l("Team"), "moderation.desk", "home")
navigation.add("staff", 40, _l("Reports"), "moderation.reports", "flag", queries.count_open_reports)
navigation.add("staff", 50, _l("People"), "moderation.people", "users")
subjects.register("report", queries.report_seen_by, lambda row: row.title, reports.address)
subjects.register("party_check", parties.party_check_seen_by, lambda row: row.title, lambda row: people.address(row.manager.person))
subjects.register("person", queries.person_seen_by, lambda row: row.name, people.address)
subjects.register("restriction", queries.restriction_seen_by, lambda row: _("Restriction"), lambda row: people.address(row.person))
subjects.register("role_change", queries.role_change_seen_by, lambda row: _("Change of roles"), roles.address)

__all__ = ["pages", "people", "record", "reports", "roles"]

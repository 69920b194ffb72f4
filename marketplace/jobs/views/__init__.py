"""Pages of jobs: for everybody, for the business, for staff."""
from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.core import navigation, subjects
from marketplace.jobs import queries
from marketplace.jobs.views import drafts, invitations, own, public, staff
from marketplace.jobs.views.pages import pages

__all__ = ["drafts", "invitations", "own", "pages", "public", "staff"]

navigation.add("business", 20, _l("My jobs"), "jobs.mine", "clipboard-list")
navigation.add("manager", 20, _l("Find jobs"), "jobs.index", "search")
navigation.add("staff", 20, _l("Listings"), "jobs.desk", "list-check", queries.queue_size)
subjects.register("job", queries.job_seen_by, lambda job: job.title or _("Untitled"), lambda job: url_for("jobs.show", job_id=job.id))

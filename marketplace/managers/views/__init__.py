"""Pages of managers: the list and the profile everybody reads, and the profile's own desk."""
from flask import url_for
from flask_babel import lazy_gettext as _l

from marketplace.core import navigation, subjects
from marketplace.managers import queries
from marketplace.managers.views import offers, profile, public  # noqa: F401 - their routes
from marketplace.managers.views.blueprint import pages

__all__ = ["pages"]

navigation.add("manager", 60, _l("Profile"), "managers.profile", "id")
navigation.add("business", 60, _l("Find managers"), "managers.index", "search")
subjects.register("manager", queries.manager_seen_by, lambda manager: manager.name,
                  lambda manager: url_for("managers.show", slug=manager.slug))

"""The audit: searched, and its chain checked."""
from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from marketplace.core import audit
from marketplace.core.authorisation import allow
from marketplace.core.forms import clean
from marketplace.moderation import commands, policies, queries
from marketplace.moderation.views.desk import pages, person


@pages.get("/staff/audit", endpoint="record")
@allow(policies.read_audit)
def show() -> str:
    """Who did what to what, newest first; the chain's newest seal and what the last check found."""
    subject, actor = ((clean(request.args.get(name)) or "")[:100] for name in ("subject", "actor"))
    found = queries.search_audit(subject, actor, request.args.get("after"))
    checks = queries.audit_checks()
    return render_template("moderation/record.html", found=found, subject=subject, actor=actor, names=queries.names_of(found),
                           head=audit.head(), checks=checks, running=bool(checks and not checks[0].finished_at),
                           next_url=url_for("moderation.record", subject=subject, actor=actor, after=found.next) if found.next else None)


@pages.post("/staff/audit/checks")
@allow(policies.read_audit)
def create_audit_check() -> Response:
    """Walk the whole chain, in a job."""
    commands.ask_check(person())
    flash(_("Checking. The result stands here in a moment."), "success")
    return redirect(url_for("moderation.record"), 303)

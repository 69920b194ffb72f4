"""A business invites a manager from their profile; the manager may say no."""
from __future__ import annotations

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _

from marketplace.businesses import queries as businesses
from marketplace.core.authorisation import allow
from marketplace.core.errors import Invalid, NotAllowed
from marketplace.core.forms import answer
from marketplace.jobs import commands, policies, queries
from marketplace.jobs.forms import InvitationForm
from marketplace.jobs.models import JobInvitation
from marketplace.jobs.views.pages import pages, person
from marketplace.managers.models import Manager
from marketplace.managers.queries import by_slug


@pages.route("/managers/<slug>/invitation", methods=["GET", "POST"])
@allow(policies.invite, by_slug)
def create_invitation(manager: Manager) -> Response:
    """Choose the job to invite a manager to; without an open one, write it first."""
    business = businesses.business_of(person())
    if business is None:
        return redirect(url_for("jobs.create", manager=manager.slug), 303)
    if not policies.post(person(), business):
        raise NotAllowed()
    jobs = queries.jobs_to_invite_to(business, manager)
    form = InvitationForm().offer(jobs)
    if form.validate_on_submit():
        job = next(job for job in jobs if str(job.id) == form.job.data)
        try:
            commands.invite(job, manager, person())
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            flash(_("%(name)s is invited. You hear when a bid comes.", name=manager.name), "success")
            return redirect(url_for("jobs.show", job_id=job.id), 303)
    return answer("jobs/invitation.html", form, manager=manager)


@pages.post("/job-invitations/<uuid:invitation_id>/refusal")
@allow(policies.decline_invitation, queries.invitation_seen_by)
def create_invitation_refusal(invitation: JobInvitation) -> Response:
    """Not this time."""
    commands.decline_invitation(invitation, person())
    flash(_("The business knows that you will not bid this time."), "success")
    return redirect(url_for("bids.index"), 303)

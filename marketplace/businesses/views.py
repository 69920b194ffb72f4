"""Pages of a business for its members, and the door for those invited."""
from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from marketplace.businesses import commands, policies, queries
from marketplace.businesses.forms import BrandForm, BusinessForm, InvitationForm, RoleForm
from marketplace.businesses.models import Brand, Business, Invitation, Member
from marketplace.core import navigation, subjects
from marketplace.core.authorisation import allow, signed_in, visible
from marketplace.core.errors import DomainError, Invalid
from marketplace.core.forms import answer

pages = Blueprint("businesses", __name__)
navigation.add("business", 80, _l("Business"), "businesses.home", "building-store")
subjects.register("business", queries.business_seen_by, lambda business: business.name, lambda business: url_for("businesses.home"))


@pages.route("/businesses/new", methods=["GET", "POST"])
@signed_in
def create() -> Response:
    """Begin a business."""
    form = BusinessForm()
    if form.validate_on_submit():
        business = commands.create(current_user, **_values(form))
        flash(_("%(name)s is ready. Now say what you need done.", name=business.name), "success")
        return redirect(url_for("businesses.home"), 303)
    return answer("businesses/new.html", form)


@pages.get("/business")
@signed_in
def home() -> Response:
    """Brands, members, and how bidders see the business."""
    business = queries.own(current_user)
    return _home(business, InvitationForm()) if business else redirect(url_for("businesses.create"), 303)


@pages.route("/business/edit", methods=["GET", "POST"])
@allow(policies.manage, queries.own)
def edit(business: Business) -> Response:
    """Change what the business says of itself."""
    form = BusinessForm(obj=business)
    if form.validate_on_submit():
        commands.edit(business, **_values(form))
        return redirect(url_for("businesses.home"), 303)
    return answer("businesses/edit.html", form, business=business)


@pages.route("/business/brands/new", methods=["GET", "POST"])
@allow(policies.manage, queries.own)
def new_brand(business: Business) -> Response:
    """Add a brand."""
    form = BrandForm()
    if form.validate_on_submit():
        commands.create_brand(business, **_values(form))
        return redirect(url_for("businesses.home"), 303)
    return answer("businesses/brand.html", form, brand=None)


@pages.route("/business/brands/<uuid:brand_id>", methods=["GET", "POST"])
@allow(policies.manage_part, queries.brand_seen_by)
def edit_brand(brand: Brand) -> Response:
    """Change a brand and its guide."""
    form = BrandForm(obj=brand)
    if form.validate_on_submit():
        commands.edit_brand(brand, **_values(form))
        flash(_("Saved."), "success")
        return redirect(url_for("businesses.home"), 303)
    return answer("businesses/brand.html", form, brand=brand)


@pages.post("/business/invitations")
@allow(policies.manage, queries.own)
def create_invitation(business: Business) -> Response:
    """Invite somebody by mail."""
    form = InvitationForm()
    if form.validate_on_submit():
        try:
            commands.invite(business, form.email.data, form.role.data, current_user)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            flash(_("The invitation is on its way to %(email)s.", email=form.email.data), "success")
            return redirect(url_for("businesses.home", _anchor="members"), 303)
    return _home(business, form)


@pages.post("/business/invitations/<uuid:invitation_id>/withdrawal")
@allow(policies.manage_part, queries.invitation_seen_by)
def create_withdrawal(invitation: Invitation) -> Response:
    """Make an invitation's link worth nothing."""
    commands.withdraw_invitation(invitation, current_user)
    return redirect(url_for("businesses.home", _anchor="members"), 303)


@pages.post("/business/members/<uuid:member_id>/role")
@allow(policies.manage_part, queries.member_seen_by)
def create_role(member: Member) -> Response:
    """Change what a member may do."""
    form = RoleForm()
    if form.validate_on_submit():
        return _done_or_told(lambda: commands.change_role(member, form.role.data, current_user))
    return _told(Invalid(form.role.errors[0]))


@pages.post("/business/members/<uuid:member_id>/removal")
@allow(policies.remove_member, queries.member_seen_by)
def create_removal(member: Member) -> Response:
    """Take a member out."""
    return _done_or_told(lambda: commands.remove_member(member, current_user))


def _by_link(reader: Any) -> Invitation | None:
    """The token is a query, not a path: paths are logged."""
    return queries.invitation_by_token(reader, request.args.get("token", ""))


@pages.get("/invitation")
@visible(_by_link)
def invitation(invitation: Invitation) -> Response:
    """What the link in the letter leads to; says so when it works no more."""
    return answer("businesses/invitation.html", invitation=invitation, token=request.args["token"])


@pages.post("/invitation/acceptance")
@allow(policies.join, _by_link)
def create_acceptance(invitation: Invitation) -> Response:
    """Join the business."""
    commands.accept_invitation(invitation, current_user)
    flash(_("Welcome to %(name)s.", name=invitation.business.name), "success")
    return redirect(url_for("businesses.home"), 303)


def _home(business: Business, form: InvitationForm) -> Response:
    return answer("businesses/home.html", form, business=business, brands=queries.brands(business),
                  members=queries.memberships(business), invitations=queries.invitations(business), role_form=RoleForm)


def _values(form: BusinessForm | BrandForm) -> dict[str, Any]:
    return {name: value for name, value in form.data.items() if name != "csrf_token"}


def _done_or_told(change: Any) -> Response:
    try:
        change()
    except DomainError as refusal:
        return _told(refusal)
    return redirect(url_for("businesses.home", _anchor="members"), 303)


def _told(refusal: DomainError) -> Response:
    """The page again with the refusal on top; nothing was changed."""
    form = InvitationForm(formdata=None)
    form.refuse(refusal)
    return _home(queries.own(current_user), form)

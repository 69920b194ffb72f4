"""What is done to businesses, their members and brands."""
from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import text

from marketplace.accounts import queries as people
from marketplace.accounts.commands import act_as_business
from marketplace.accounts.models import Person
from marketplace.businesses import notices, queries
from marketplace.businesses.models import Brand, Business, Invitation, Member, Role
from marketplace.core import audit, clock, crypto, limits
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.slug import free_slug
from marketplace.core.tasks import sweep

INVITATION_DAYS = rule("INVITATION_DAYS", 7, "an invitation to join a business works this many days")
INVITATIONS_A_DAY = rule("INVITATIONS_A_DAY", 20, "invitations a business may send in a day")
PRESENCE = text("""
update businesses set last_seen_at = seen.at
from (select m.business_id, max(s.seen_at) as at from sessions s join business_members m on m.person_id = s.person_id
      where m.role in ('owner', 'approver') and s.seen_at > :since group by m.business_id) seen
where seen.business_id = businesses.id and (last_seen_at is null or last_seen_at < seen.at)
""")


def create(person: Person, *, name: str, trade: str, district: str, about: str = "") -> Business:
    """Begin a business with its first owner and its first brand, of the same name."""
    business = Business(name=name, slug=free_slug(name, Business.slug), trade=trade, district=district, about=about,
                        last_seen_at=clock.now())
    db.session.add(business)
    db.session.flush()
    db.session.add(Member(business=business, person_id=person.id, role=Role.owner))
    create_brand(business, name=name, trade=trade)
    act_as_business(person)
    audit.record("business.create", business, person)
    return business


def edit(business: Business, *, name: str, trade: str, district: str, about: str) -> None:
    """Change what the business says of itself; its address stays."""
    business.name, business.trade, business.district, business.about = name, trade, district, about


def prove_page(business: Business) -> None:
    """One of its pages was connected on the platform itself."""
    business.page_proven_at = business.page_proven_at or clock.now()


def create_brand(business: Business, *, name: str, trade: str, about: str = "", guide: str = "") -> Brand:
    """Add a brand."""
    brand = Brand(business=business, name=name, trade=trade, about=about, guide=guide)
    db.session.add(brand)
    db.session.flush()
    return brand


def edit_brand(brand: Brand, *, name: str, trade: str, about: str, guide: str) -> None:
    """Change a brand; contracts keep the guide they were signed with."""
    brand.name, brand.trade, brand.about, brand.guide = name, trade, about, guide


def invite(business: Business, email: str, role: Role, by: Person) -> Invitation:
    """Send a one-use link to an address. Raises Invalid for a member, TooMany over the day's number."""
    limits.hit(f"invitations:{business.id}", INVITATIONS_A_DAY, per=timedelta(days=1))
    if email.lower() in {member.email.lower() for member in queries.members(business)}:
        raise Invalid(_l("This person is a member already."), field="email")
    token, known = crypto.token(), people.by_email(email)
    invitation = Invitation(business=business, email=email, role=role, invited_by=by.id, fingerprint=crypto.fingerprint(token),
                            expires_at=clock.now() + timedelta(days=INVITATION_DAYS))
    db.session.add(invitation)
    db.session.flush()
    notices.invited(invitation, token, by, known.language if known else by.language)
    audit.record("invitation.create", invitation, by, role=role)
    return invitation


def withdraw_invitation(invitation: Invitation, by: Person) -> None:
    """Make the link worth nothing."""
    audit.record("invitation.withdraw", invitation, by)
    db.session.delete(invitation)


def accept_invitation(invitation: Invitation, person: Person) -> Member:
    """Join with a link that was sent by mail. Raises WrongState when it was used, withdrawn or is too old."""
    lock(invitation)
    if not invitation.open:
        raise WrongState(_l("This invitation was used or is too old. Ask for a new one."))
    if queries.role_in(person, invitation.business_id):
        raise WrongState(_l("You are a member already."))
    invitation.used_at = clock.now()
    member = Member(business=invitation.business, person_id=person.id, role=invitation.role)
    db.session.add(member)
    act_as_business(person)
    audit.record("member.join", invitation.business, person, role=invitation.role)
    return member


def change_role(member: Member, role: Role, by: Person) -> None:
    """Give a member another role. Raises Invalid when nobody would own the business."""
    _keep_an_owner(member, stays=role == Role.owner)
    audit.record("member.change_role", member.business, by, person=member.person_id, before=member.role, after=role)
    member.role = role


def remove_member(member: Member, by: Person) -> None:
    """Take a member out. Raises Invalid for the last owner."""
    _keep_an_owner(member, stays=False)
    audit.record("member.remove", member.business, by, person=member.person_id, role=member.role)
    db.session.delete(member)
    db.session.flush()


@sweep
def note_presence() -> None:
    """When somebody who decides for the business was last here; bidders read it, so it need not be to the second."""
    db.session.execute(PRESENCE, {"since": clock.now() - timedelta(hours=1)})


def _keep_an_owner(member: Member, stays: bool) -> None:
    """Counted under the business's lock: two owners removing each other at once leave one."""
    lock(member.business)
    db.session.refresh(member)
    if member.role == Role.owner and not stays and queries.owners_of(member.business) == 1:
        raise Invalid(_l("A business needs an owner. Make somebody else an owner first."))

"""Nobody hires themselves: nothing is paid in between two sides that may be the same people until somebody of the team has looked.

The same person, card or payout account stops the payment; a shared device or home only keeps reviews out of scores.
"""
from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from flask_babel import lazy_gettext as _l
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.accounts.models import Person
from marketplace.contracts import notices, signals
from marketplace.contracts.models import Contract, PartyCheck, PartyCheckStatus
from marketplace.contracts.models.party_check import Sign
from marketplace.contracts.queries import parties
from marketplace.core import clock
from marketplace.core.audit import AuditEntry
from marketplace.core.db import db, survive
from marketplace.core.errors import Invalid
from marketplace.core.tasks import bound


class PartiesAlike(Invalid):
    """Somebody of the team looks first and has been asked, or has looked. Says nothing of why: most people have done nothing wrong."""

    def __init__(self, refused: bool = False) -> None:
        address = bound().extensions["settings"].contact_email
        super().__init__(
            _l("Our team has looked at this contract: no money can be paid in for it. If we got it wrong, write to %(address)s.",
               address=address) if refused else
            _l("Before money is paid in here, somebody of our team has a look, usually within a working day. Nothing was charged. "
               "We write to you as soon as you can pay. To tell us something, write to %(address)s.", address=address))
        self.beside = (_l("Our team has looked at this contract: no money can be paid in for it.") if refused else
                       _l("Before the business pays in here, somebody of our team has a look, usually within a working day."))


def require_apart(contract: Contract) -> None:
    """Raises PartiesAlike, and asks the team, which outlives the refusal."""
    check = parties.party_check(contract)
    if signs := _new_signs(contract, check):
        survive(partial(_ask, signs=signs, **_pair(contract)))
        raise PartiesAlike()
    if stop := stopping(check):
        raise stop


def stopping(check: PartyCheck | None) -> PartiesAlike | None:
    """Why nothing can be paid in, where the team was asked before."""
    return PartiesAlike(check.status == PartyCheckStatus.refused) if check is not None and _stops(check) else None


def turn_away(contract: Contract) -> bool:
    """The same of a payment that has come: whether it goes back. The team is asked with what else is written now."""
    check = parties.party_check(contract)
    signs = _new_signs(contract, check)
    if signs:
        db.session.flush()
        _ask(db.session(), signs=signs, **_pair(contract))
    return bool(signs) or _stops(check)


def note_shared(contract: Contract) -> None:
    """Remember that both sides signed in from one device or home: sessions are forgotten, and reviews come later."""
    if sign := parties.shared_sign(contract):
        _noted(contract, sign)


def may_be_alike(contract: Contract) -> bool:
    """Whether both sides may be the same people, and the team has not cleared them: then neither reviews nor clean contracts count."""
    note_shared(contract)
    check = parties.party_check(contract)
    return check is not None and check.status != PartyCheckStatus.cleared


def clear(check: PartyCheck, by: Person, why: str) -> None:
    """Two different people: they are not asked again, and may pay in."""
    waited = _stops(check)
    check.move("clear", by=by, why=why)
    signals.parties_cleared.send(check)
    if waited:
        notices.parties_cleared(check.contract)


def refuse(check: PartyCheck, by: Person, why: str) -> None:
    """The same people: nothing is paid in between them."""
    check.move("refuse", by=by, why=why)
    notices.parties_refused(check.contract)


def clear_sides(contract: Contract, by: Person, why: str) -> None:
    """The same, said of a contract whose review was held."""
    check = _noted(contract)
    if check.may("clear"):
        clear(check, by, why)


def refuse_sides(contract: Contract, by: Person, why: str) -> None:
    """The same, said of a contract whose review was held or reported."""
    check = _noted(contract)
    if check.may("refuse"):
        refuse(check, by, why)


def _new_signs(contract: Contract, check: PartyCheck | None) -> list[str]:
    """What the team has to be asked about; nothing when it has been."""
    asked = check is not None and check.status != PartyCheckStatus.noted
    return [] if asked else [str(sign) for sign in parties.blocking_signs(contract)]


def _stops(check: PartyCheck | None) -> bool:
    return check is not None and check.status in parties.STOPPED


def _pair(contract: Contract) -> dict[str, object]:
    return {"business_id": contract.business_id, "manager_id": contract.manager_id, "contract_id": contract.id,
            "title": f"{contract.business.name} – {contract.manager.name}"}


def _ask(session: Session, *, title: str, signs: Sequence[str], **pair: object) -> None:
    """Let the team look, once: in whichever session, for a refused request has lost its own."""
    wish = insert(PartyCheck).values(**pair, signs=list(signs), status=PartyCheckStatus.open, created_at=clock.now())
    asked = wish.on_conflict_do_update(
        index_elements=["business_id", "manager_id"], where=PartyCheck.status == PartyCheckStatus.noted,
        set_={"status": PartyCheckStatus.open, "signs": PartyCheck.signs.op("||")(wish.excluded.signs)})
    check_id = session.scalar(asked.returning(PartyCheck.id))
    if check_id is not None:
        session.add(AuditEntry(at=clock.now(), actor="system", action="party_check.ask", subject=f"{PartyCheck.KIND}:{check_id}",
                               details={"signs": list(signs)}))
        signals.parties_alike.send(f"{PartyCheck.KIND}:{check_id}", title=title, session=session)


def _noted(contract: Contract, sign: Sign | None = None) -> PartyCheck:
    """The row of both sides, made if need be; a sign it has not is added until the team has spoken."""
    values = {name: key for name, key in _pair(contract).items() if name != "title"}
    db.session.execute(insert(PartyCheck).values(**values, signs=[], status=PartyCheckStatus.noted, created_at=clock.now())
                       .on_conflict_do_nothing())
    check = parties.party_check(contract)
    assert check is not None  # it was made above
    if sign and sign not in check.signs and check.status == PartyCheckStatus.noted:
        check.signs = [*check.signs, str(sign)]
    return check

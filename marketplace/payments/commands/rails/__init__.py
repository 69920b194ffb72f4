"""The ways to pay managers, each a file here. All move the same money in the same books; they differ in who is asked."""
from marketplace.payments.commands.rails.manual_bank import ManualBank
from marketplace.payments.commands.rails.manual_bkash import ManualBkash
from marketplace.payments.commands.rails.rail import PayoutRail, Sent, Words
from marketplace.payments.commands.rails.stripe_connect import StripeConnect
from marketplace.payments.models import PayoutAccount, Rail

__all__ = ["RAILS", "PayoutRail", "Sent", "Words", "of"]

RAILS: dict[Rail, PayoutRail] = {rail.code: rail for rail in (StripeConnect(), ManualBank(), ManualBkash())}
"""Every rail by its code, in the order in which managers are offered them."""


def of(account: PayoutAccount) -> PayoutRail:
    """The rail of an account."""
    return RAILS[account.rail]

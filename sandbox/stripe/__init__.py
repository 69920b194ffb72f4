"""A small, stateful, truthful Stripe (API 2026-10-28.endive) as stripe 16.1.0 speaks to it.

Money is conserved: every balance is the sum of its balance transactions. What the sandbox does not model it refuses.
That its requests and answers fit Stripe's published OpenAPI is tested; that proves their shape, not that Stripe behaves
like this.
"""

from sandbox.stripe.blueprint import blueprint

__all__ = ["blueprint"]

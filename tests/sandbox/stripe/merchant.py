"""A merchant at the sandbox: the real SDK over HTTP, and a person with a card at the hosted pages."""

from urllib.parse import urljoin

import requests
import stripe

from sandbox.world import World

TIMEOUT = 20


class Merchant:
    """`api` is Stripe's own client. Amounts in minor units; BDT unless said otherwise."""

    def __init__(self, world: World):
        self.world = world
        base = f"{world.base_url}/stripe"
        self.client = stripe.StripeClient(
            "sk_test_merchant", base_addresses={"api": base, "files": base}, max_network_retries=0
        )
        self.api = self.client.v1

    def session(self, amount: int = 500_000, currency: str = "bdt", **more):
        item = {"currency": currency, "unit_amount": amount, "product_data": {"name": "Milestone 1"}}
        return self.api.checkout.sessions.create({
            "mode": "payment", "line_items": [{"quantity": 1, "price_data": item}], "customer_email": "ada@example.com",
            "success_url": "https://shop.example/done?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "https://shop.example/back", **more,
        })  # fmt: skip

    def type_card(self, session, number: str = "4242424242424242", **fields) -> requests.Response:
        """What a person does on the payment page; the answer is not followed."""
        typed = {"card_number": number, "expiry": "12 / 34", "cvc": "123", "name": "Ada Begum"} | fields
        return requests.post(session.url, data=typed, allow_redirects=False, timeout=TIMEOUT)

    def paid(self, amount: int = 500_000, card: str = "4242424242424242", currency: str = "bdt", **more):
        """The charge of a session that was paid."""
        session = self.session(amount, currency, **more)
        answer = self.type_card(session, card)
        if "/challenges/" in answer.headers.get("Location", ""):
            answer = self.answer_challenge(answer, "complete")
        assert answer.headers["Location"].startswith("https://shop.example/done"), answer.text
        return self.charge_of(session)

    def charge_of(self, session):
        found = self.api.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent.latest_charge"]})
        return found.payment_intent.latest_charge

    def answer_challenge(self, redirect: requests.Response, button: str) -> requests.Response:
        url = urljoin(redirect.url, redirect.headers["Location"])
        return requests.post(url, data={button: "yes"}, allow_redirects=False, timeout=TIMEOUT)

    def account(self, **more):
        """A connected account that has not been onboarded."""
        return self.api.accounts.create({
            "country": "BD", "email": "ben@example.com", "capabilities": {"transfers": {"requested": True}},
            "tos_acceptance": {"service_agreement": "recipient"},
            "controller": {
                "stripe_dashboard": {"type": "express"}, "fees": {"payer": "application"},
                "losses": {"payments": "application"},
            },
            **more,
        })  # fmt: skip

    def onboarded(self, number: str = "000123456789", **more) -> str:
        """The id of an account whose person went through the hosted pages."""
        account = self.account(**more)
        page = self.onboarding_page(account.id)
        typed = {"name": "Ben Khan", "birthday": "1990-12-31", "account_number": number}
        answer = requests.post(page.url, data=typed, allow_redirects=False, timeout=TIMEOUT)
        assert answer.headers["Location"] == "https://shop.example/onboarded"
        return account.id

    def onboarding_page(self, account_id: str) -> requests.Response:
        urls = {"refresh_url": "https://shop.example/again", "return_url": "https://shop.example/onboarded"}
        link = self.api.account_links.create({"account": account_id, "type": "account_onboarding", **urls})
        return requests.get(link.url, timeout=TIMEOUT)

    def control(self, path: str, **fields) -> dict:
        answer = requests.post(f"{self.world.base_url}/stripe/world/{path}", data=fields, timeout=TIMEOUT)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def available(self, account: str | None = None, currency: str = "bdt") -> int:
        return self._part("available", account, currency)

    def pending(self, account: str | None = None, currency: str = "bdt") -> int:
        return self._part("pending", account, currency)

    def events(self, account: str | None = None) -> list[str]:
        """Types, oldest first."""
        found = self.api.events.list({"limit": 100}, options=_as(account))
        return [event.type for event in reversed(found.data)]

    def _part(self, part: str, account: str | None, currency: str) -> int:
        balance = self.api.balance.retrieve(options=_as(account))
        return sum(amount.amount for amount in balance[part] if amount.currency == currency)


def _as(account: str | None) -> dict:
    return {"stripe_account": account} if account else {}

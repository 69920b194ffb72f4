"""Errors as Stripe words them: an HTTP status and a JSON object with type, code, parameter and message."""


class StripeError(Exception):
    """An answer other than success. Everything the call did before is undone."""

    status = 400
    type = "invalid_request_error"

    def __init__(self, message: str, *, code: str = "", param: str = "", status: int = 0, **details):
        super().__init__(message)
        self.status = status or self.status
        self.details = details | {"code": code, "param": param}

    def body(self) -> dict:
        given = {name: value for name, value in self.details.items() if value}
        if "code" in given:
            given["doc_url"] = f"https://stripe.com/docs/error-codes/{given['code'].replace('_', '-')}"
        return {"error": given | {"message": str(self), "type": self.type}}


class InvalidParameter(StripeError):
    """Refused before the call began to act: not remembered under its idempotency key."""


class Unauthorized(StripeError):
    """No key, or not one of the sandbox's."""

    status = 401


class CardError(StripeError):
    """The bank refused. What the attempt wrote (failed charge, intent) stays."""

    status = 402
    type = "card_error"


class IdempotencyError(StripeError):
    """One key, two different requests."""

    type = "idempotency_error"


class ApiError(StripeError):
    """Stripe's own fault."""

    status = 500
    type = "api_error"


def missing(kind: str, identifier: str, param: str = "id") -> StripeError:
    """No such object: 404 when it is in the path, 400 when a parameter names it."""
    name = {"checkout.session": "checkout.session", "destination": "destination"}.get(kind, kind)
    status = 404 if param == "id" else 400
    return StripeError(f"No such {name}: '{identifier}'", code="resource_missing", param=param, status=status)


def api_error(status: int) -> StripeError:
    """What Stripe says with a status of its own making: too many calls, a lock, its own fault."""
    if status == 429:
        return StripeError(
            "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.",
            code="rate_limit", status=status,
        )  # fmt: skip
    if status == 409:
        return StripeError(
            "This object cannot be accessed right now because another API request or Stripe process is currently"
            " accessing it.", code="lock_timeout", status=status,
        )  # fmt: skip
    if status < 500:
        return StripeError("The sandbox was told to refuse this call.", status=status)
    return ApiError("An unknown error occurred", status=status)

"""Where the SDK or the sandbox and Stripe's published OpenAPI differ, each with its reason. Reviewed: November 2026."""

_NEW_IN_ENDIVE = "2026-10-28.endive names allowed payment methods so; the SDK sends and reads it, the older file lacks it"
_ALLOWED = "Additional properties are not allowed ('allowed_payment_method_types' was unexpected)"

DIFFERENCES: dict[str, str] = {
    f"POST /v1/checkout/sessions request whole: {_ALLOWED}": _NEW_IN_ENDIVE,
    f"POST /v1/checkout/sessions answer whole: {_ALLOWED}": _NEW_IN_ENDIVE,
    f"POST /v1/checkout/sessions/{{session}}/expire answer whole: {_ALLOWED}": _NEW_IN_ENDIVE,
    f"GET /v1/checkout/sessions/{{session}} answer whole: {_ALLOWED}": _NEW_IN_ENDIVE,
    f"GET /v1/checkout/sessions answer data.n: {_ALLOWED}": _NEW_IN_ENDIVE,
}

# The same, of objects within events.
OBJECT_DIFFERENCES: dict[str, str] = {f"whole: {_ALLOWED}": _NEW_IN_ENDIVE}

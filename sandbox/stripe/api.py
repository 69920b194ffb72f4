"""One API call: who asks, with what, once; then the handler, all or nothing; then Stripe's headers and JSON."""

import base64
import binascii
import logging
from collections.abc import Callable

from flask import Response, g, json, request

from sandbox.stripe import expand, form, idempotency
from sandbox.stripe.errors import ApiError, CardError, InvalidParameter, StripeError, Unauthorized
from sandbox.stripe.idempotency import Answer, Call
from sandbox.stripe.params import Params
from sandbox.stripe.store import API_VERSION, PLATFORM, Request, Store, new_id
from sandbox.world import World

log = logging.getLogger("sandbox.stripe")

KEY_PREFIX = "sk_test_"
Handler = Callable[..., dict]


def endpoint(world: World, handler: Handler) -> Callable[..., Response]:
    """The view that answers by `handler(store, params, **ids)`, which returns a JSON object or raises StripeError."""

    def view(**ids: str) -> Response:
        answer = _answer(world, handler, ids)
        return _response(answer)

    return view


def unknown(version: str, rest: str) -> Response:
    """What Stripe may have and the sandbox has not."""
    error = StripeError(
        f"Unrecognized request URL ({request.method}: /{version}/{rest}). The sandbox models only a part of Stripe.",
        status=404,
    )
    return _response(Answer(404, error.body(), new_id("req")))


def remember_fault(world: World, response: Response) -> Response:
    """A 5xx that a fault gave in the handler's place is Stripe's answer too: the same key gets it again."""
    key = request.headers.get("Idempotency-Key")
    if not g.get("fault") or response.status_code < 500 or request.method != "POST" or not key:
        return response
    store = Store(world, request.headers.get("Stripe-Account", PLATFORM))
    if g.fault["mode"].startswith("status:"):
        answer = Answer(response.status_code, response.get_json(), new_id("req"))
        idempotency.remember(store, key, Call(_path(), _parameters()), answer)
    return response


def _answer(world: World, handler: Handler, ids: dict[str, str]) -> Answer:
    request_id = new_id("req")
    try:
        _check_key()
        _check_version()
        parameters = _parameters()
        key = request.headers.get("Idempotency-Key") if request.method != "GET" else None
        store = Store(world, _account(world), Request(request_id, key))
        return idempotency.once(store, Call(_path(), parameters), lambda: _act(store, handler, parameters, ids))
    except StripeError as error:
        return Answer(error.status, error.body(), request_id)


def _act(store: Store, handler: Handler, parameters: dict, ids: dict[str, str]) -> Answer:
    """Run the handler in a transaction: refusals and crashes leave nothing behind, a declined card its traces."""
    request_id = store.request.id or ""
    try:
        with store.world.transaction():
            return _handled(store, handler, parameters, ids)
    except StripeError as error:
        return Answer(error.status, error.body(), request_id, kept=not isinstance(error, InvalidParameter))
    except Exception:
        log.exception("The sandbox's Stripe failed at %s", request.path)
        own_fault = ApiError("An unknown error occurred in the sandbox; its log has the details.")
        return Answer(500, own_fault.body(), request_id)


def _handled(store: Store, handler: Handler, parameters: dict, ids: dict[str, str]) -> Answer:
    wanted = parameters.get("expand", [])
    params = Params({name: value for name, value in parameters.items() if name != "expand"})
    try:
        found = handler(store, params, **ids)
    except CardError as error:
        return Answer(error.status, error.body(), store.request.id or "")
    if not params.is_done:
        raise RuntimeError(f"{handler} never said that its parameters are done")
    return Answer(200, expand.shown(store, found, wanted), store.request.id or "")


def _check_key() -> None:
    key = _api_key()
    if not key:
        raise Unauthorized(
            "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer"
            " auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
        )
    if not key.startswith(KEY_PREFIX) or len(key) == len(KEY_PREFIX):
        raise Unauthorized(f"Invalid API Key provided: {key[:8]}{'*' * 8}{key[-4:]}", code="api_key_invalid")


def _api_key() -> str:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return value.strip()
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _check_version() -> None:
    version = request.headers.get("Stripe-Version", API_VERSION)
    if version != API_VERSION:
        raise InvalidParameter(f"Invalid Stripe API version: {version}. The sandbox speaks {API_VERSION} only.")


def _account(world: World) -> str:
    """The platform, or the connected account the call acts for."""
    account = request.headers.get("Stripe-Account", PLATFORM)
    if account != PLATFORM and Store(world).find("account", account) is None:
        raise StripeError(
            f"The provided key does not have access to account '{account}' (or that account does not exist)."
            " Application access may have been revoked.",
            code="account_invalid", status=403,
        )  # fmt: skip
    return account


def _parameters() -> dict:
    pairs = request.args if request.method == "GET" else request.form
    return form.decode(pairs.items(multi=True))


def _path() -> str:
    return request.path.removeprefix("/stripe")


def _response(answer: Answer) -> Response:
    response = Response(json.dumps(answer.body, indent=2), answer.status, content_type="application/json")
    response.headers["Request-Id"] = answer.request_id
    response.headers["Stripe-Version"] = API_VERSION
    if "Idempotency-Key" in request.headers:
        response.headers["Idempotency-Key"] = request.headers["Idempotency-Key"]
    response.headers.update(answer.headers)
    return response

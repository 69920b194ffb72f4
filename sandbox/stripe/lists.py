"""Lists: newest first, by page, filtered."""

from collections.abc import Callable

from sandbox.stripe.expand import list_object
from sandbox.stripe.params import Params
from sandbox.stripe.store import Store

MOMENTS = ("gt", "gte", "lt", "lte")


def index(kind: str, url: str, *filters: str) -> Callable[..., dict]:
    """A handler that lists objects of a type. `filters` are parameters that equal a field of the same name."""

    def handler(store: Store, params: Params) -> dict:
        wanted = {name: params.text(name) for name in filters if name in params}
        return page(store.all(kind, earliest(params), **wanted), params, url)

    return handler


def retrieve(kind: str) -> Callable[..., dict]:
    """A handler that shows one object of a type."""

    def handler(store: Store, params: Params, identifier: str) -> dict:
        params.done()
        return store.get(kind, identifier)

    return handler


def page(things: list[dict], params: Params, url: str) -> dict:
    """One page of `things` (oldest first as given), by limit, starting_after, ending_before and created."""
    limit = params.integer("limit", least=1, most=100) or 10
    after, before = params.text("starting_after"), params.text("ending_before")
    is_in_time = _created(params)
    params.done()
    found = [thing for thing in reversed(things) if is_in_time(thing["created"])]
    if before:
        newer = found[: _position(found, before)]
        return list_object(url, newer[-limit:], len(newer) > limit)
    rest = found[_position(found, after) + 1 :] if after else found
    return list_object(url, rest[:limit], len(rest) > limit)


def earliest(params: Params) -> int:
    """The moment before which `created` wants nothing: only what may be shown need be read."""
    if not params.is_group("created"):
        return 0
    bounds = params.group("created")
    gt, gte, _lt, _lte = (bounds.integer(name) for name in MOMENTS)
    return max(gt or 0, gte or 0)


def _position(things: list[dict], identifier: str) -> int:
    """Of that object; beyond the end when it is not there."""
    return next((place for place, thing in enumerate(things) if thing["id"] == identifier), len(things))


def _created(params: Params) -> Callable[[int], bool]:
    """`created` is a moment, or a group of bounds."""
    if not params.is_group("created"):
        moment = params.integer("created")
        return lambda created: moment is None or created == moment
    bounds = params.group("created")
    gt, gte, lt, lte = (bounds.integer(name) for name in MOMENTS)
    return lambda created: (
        (gt is None or created > gt)
        and (gte is None or created >= gte)
        and (lt is None or created < lt)
        and (lte is None or created <= lte)
    )

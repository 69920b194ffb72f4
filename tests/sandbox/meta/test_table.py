"""The table of routes against what the vendor publishes in its SDK. This proves names and shapes, not behaviour."""

import importlib

import pytest
from facebook_business.adobjects.comment import Comment
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.pagepost import PagePost
from facebook_business.api import FacebookAdsApi, FacebookRequest
from facebook_business.session import FacebookSession

from sandbox.meta.accounts import SUBSCRIBABLE
from sandbox.meta.logins import SCOPES
from sandbox.meta.oauth import OPEN_ENDPOINTS
from sandbox.meta.pages import KNOWN_TASKS
from sandbox.meta.routes import COMMON_PARAMETERS, ORIGINS, ROUTES
from sandbox.meta.seed import NAKSHI
from sandbox.meta.shapes import SHAPES
from tests.sandbox.meta.consent import page_api

# Documented by Meta, and absent from the SDK's own lists, so the SDK warns when they are passed as `fields=`.
FIELDS_BEYOND_THE_SDK = {"Page": {"tasks", "picture"}, "AdsInsights": {"id"}}
ID_OF_A_ROUTE = "{0.method} {0.node}/{0.edge}".format


def sdk_class(name):
    return getattr(importlib.import_module(f"facebook_business.adobjects.{name.lower()}"), name)


def sdk_request(route) -> FacebookRequest:
    """The request the SDK would send for a route, not sent."""
    owner, method = route.sdk.split(".")
    api = FacebookAdsApi(FacebookSession(access_token="none"))
    return getattr(sdk_class(owner)("1", api=api), method)(pending=True)


@pytest.mark.parametrize("route", ROUTES.values(), ids=ID_OF_A_ROUTE)
def test_each_route_is_one_the_sdk_calls(route):
    assert route.origin in ORIGINS
    request = sdk_request(route)
    assert (request._method, request._endpoint) == (route.method, route.edge)


@pytest.mark.parametrize("route", ROUTES.values(), ids=ID_OF_A_ROUTE)
def test_each_parameter_is_known_to_the_sdk(route):
    checker = sdk_request(route)._param_checker
    assert [name for name in route.parameters if not checker.is_valid_key(name)] == []
    assert not set(route.parameters) & COMMON_PARAMETERS


@pytest.mark.parametrize("kind", SHAPES)
def test_each_field_is_known_to_the_sdk(kind):
    shape = SHAPES[kind]
    known = {value for name, value in vars(sdk_class(shape.sdk).Field).items() if not name.startswith("__")}
    assert set(shape.fields) - known == FIELDS_BEYOND_THE_SDK.get(shape.sdk, set())
    assert set(shape.default) <= set(shape.fields)


@pytest.mark.parametrize("route", [r for r in ROUTES.values() if r.answers], ids=ID_OF_A_ROUTE)
def test_each_answer_is_the_class_the_sdk_expects(route):
    assert sdk_request(route)._target_class.__name__ == SHAPES[route.answers].sdk


def test_choices_are_the_sdks_own(sandbox, refused):
    comments = PagePost(Page(NAKSHI, api=page_api(sandbox)).create_feed(params={"message": "a"})["id"], api=page_api(sandbox))
    for name, enum in (("filter", Comment.Filter), ("order", Comment.Order)):
        for value in (value for key, value in vars(enum).items() if not key.startswith("__")):
            assert list(comments.get_comments(params={name: value})) == []
        path = (comments["id"], "comments")
        assert refused(comments.get_api().call, "GET", path, params={name: "sideways"}) == (100, None, 400)


def test_endpoints_the_sdk_does_not_call_are_marked_too():
    assert {endpoint.origin for endpoint in OPEN_ENDPOINTS.values()} <= set(ORIGINS) - {"sdk"}


def test_tasks_and_subscriptions_are_the_sdks_own():
    assert set(vars(Page.Tasks).values()) >= KNOWN_TASKS
    assert set(SUBSCRIBABLE) <= set(vars(Page.SubscribedFields).values())


def test_every_route_that_asks_permissions_asks_known_ones():
    asked = {permission for route in ROUTES.values() for permission in route.permissions}
    assert asked <= set(SCOPES)
    assert all(route.token == "page" for route in ROUTES.values() if route.task)

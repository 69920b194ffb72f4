"""Pages, businesses, roles and permissions through the real SDK."""

from facebook_business.adobjects.business import Business
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.user import User

from sandbox.meta.seed import FARHANA, GADGET, HONEY, NAKSHI, NUSRAT, PITHA, RAKIB, SURMA, TANVIR, TEA
from tests.sandbox.meta.consent import api, connect, page_api

FACTS = "name,category,followers_count,fan_count,picture{url},link"


def fields(names):
    """As a parameter: the SDK's own lists lack `tasks` and `picture`, and it warns of them in `fields=`."""
    return {"fields": names}


def test_accounts_list_pages_with_tasks_and_tokens(sandbox):
    user = api(sandbox, connect(sandbox))
    pages = {page["id"]: page for page in User("me", api=user).get_accounts(params=fields("id,name,tasks,access_token"))}
    assert set(pages) == {NAKSHI, PITHA, GADGET}
    assert pages[GADGET]["tasks"] == ["ANALYZE", "ADVERTISE"]
    assert "PROFILE_PLUS_FULL_CONTROL" in pages[PITHA]["tasks"]
    assert pages[NAKSHI]["name"] == "নকশি ঘর Nakshi Ghor"
    assert len({page["access_token"] for page in pages.values()}) == 3


def test_a_page_that_was_not_ticked_has_no_token(sandbox):
    user = api(sandbox, connect(sandbox, without=(PITHA,)))
    pages = {page["id"]: page for page in User("me", api=user).get_accounts(fields=["id", "access_token"])}
    assert "access_token" not in pages[PITHA]
    assert "access_token" in pages[NAKSHI]
    assert "access_token" not in Page(PITHA, api=user).api_get(fields=["access_token"])


def test_the_last_ticks_count(sandbox):
    connect(sandbox, without=(PITHA,))
    user = api(sandbox, connect(sandbox, without=(NAKSHI,)))
    tokens = {page["id"] for page in User("me", api=user).get_accounts(fields=["id", "access_token"]) if "access_token" in page}
    assert tokens == {PITHA, GADGET}


def test_a_page_is_reached_through_its_business(sandbox):
    user = api(sandbox, connect(sandbox, NUSRAT))
    assert TEA not in {page["id"] for page in User("me", api=user).get_accounts()}
    (business,) = User("me", api=user).get_businesses(fields=["id", "name"])
    assert (business["id"], business["name"]) == (SURMA, "Surma Group")
    owned = list(Business(SURMA, api=user).get_owned_pages(fields=["id", "access_token"]))
    clients = list(Business(SURMA, api=user).get_client_pages(params=fields("id,access_token,tasks")))
    assert [page["id"] for page in owned] == [TEA]
    assert owned[0]["access_token"]
    assert [(page["id"], page["tasks"]) for page in clients] == [(HONEY, ["CREATE_CONTENT", "MODERATE"])]


def test_an_outsider_sees_no_pages_of_a_business(sandbox):
    user = api(sandbox, connect(sandbox, TANVIR))
    assert list(Business(SURMA, api=user).get_owned_pages()) == []


def test_the_same_long_lived_token_gives_the_same_page_token(sandbox):
    user = api(sandbox, connect(sandbox))
    tokens = {Page(NAKSHI, api=user).api_get(fields=["access_token"])["access_token"] for _ in range(2)}
    assert len(tokens) == 1


def test_fields_of_a_page(sandbox):
    page = Page(NAKSHI, api=page_api(sandbox)).api_get(params=fields(FACTS))
    assert (page["followers_count"], page["fan_count"], page["category"]) == (48210, 47650, "Clothing (brand)")
    assert page["picture"]["data"]["url"].startswith(sandbox.base_url)


def test_roles_show_people_and_assigned_users_those_of_a_business(sandbox):
    page = Page(NAKSHI, api=page_api(sandbox))
    assert {role["id"]: role["tasks"][-1] for role in page.get_roles()} == {FARHANA: "MANAGE", RAKIB: "MANAGE", NUSRAT: "ANALYZE"}
    assert list(page.get_assigned_users()) == []
    tea = Page(TEA, api=page_api(sandbox, TEA, NUSRAT))
    assert list(tea.get_roles()) == []
    assert {user["id"] for user in tea.get_assigned_users(params={"business": SURMA})} == {FARHANA, NUSRAT}
    assert list(tea.get_assigned_users(params={"business": "1"})) == []


def test_roles_need_the_manage_task(sandbox, refused):
    assert refused(Page(GADGET, api=page_api(sandbox, GADGET)).get_roles) == (200, None, 403)


def test_declined_permissions_are_listed_and_missed(sandbox, refused):
    user = api(sandbox, connect(sandbox, without=("pages_show_list",)))
    declined = [p["permission"] for p in User(FARHANA, api=user).get_permissions(params={"status": "declined"})]
    assert declined == ["pages_show_list"]
    assert refused(User("me", api=user).get_accounts) == (10, None, 403)


def test_another_person_is_unseen(sandbox, refused):
    user = api(sandbox, connect(sandbox))
    assert refused(User(RAKIB, api=user).api_get) == (100, 33, 400)
    assert refused(User("123", api=user).api_get) == (100, 33, 400)


def test_lists_come_in_pages(sandbox):
    user = api(sandbox, connect(sandbox))
    cursor = User("me", api=user).get_accounts(fields=["id"], params={"limit": 1})
    assert len(cursor) == 1
    assert [page["id"] for page in cursor] == [NAKSHI, PITHA, GADGET]


def test_subscribing_a_page(sandbox, refused):
    page = Page(NAKSHI, api=page_api(sandbox))
    page.create_subscribed_app(params={"subscribed_fields": ["feed", "mention"]})
    (app,) = page.get_subscribed_apps()
    assert (app["id"], app["subscribed_fields"]) == (sandbox.settings["META_APP_ID"], ["feed", "mention"])
    page.delete_subscribed_apps()
    assert list(page.get_subscribed_apps()) == []
    call = page.get_api().call
    assert refused(call, "POST", (NAKSHI, "subscribed_apps"), params={"subscribed_fields": ["everything"]})[0] == 100
    assert refused(page.create_subscribed_app)[0] == 100

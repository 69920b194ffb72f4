"""Advertising accounts: campaigns, ad sets with a lifetime budget, creatives, ads; money is spent evenly while they run."""

import json
from datetime import datetime

from sandbox.meta.accounts import SUCCESS
from sandbox.meta.errors import bad_parameter, unseen
from sandbox.meta.routes import Call, route
from sandbox.meta.shapes import show_list
from sandbox.meta.store import Store

MANAGE, READ = ("ads_management",), ("ads_read",)
FIRST_ID = 120_200_000_000_000
OBJECTIVES = ("OUTCOME_ENGAGEMENT", "OUTCOME_TRAFFIC", "OUTCOME_AWARENESS", "OUTCOME_LEADS", "OUTCOME_SALES", "OUTCOME_APP_PROMOTION")
STATUSES = ("PAUSED", "ACTIVE")
LEAST_BUDGET = 100
"""Cents; Meta asks for about a dollar a day."""


@route("GET", "user", "adaccounts", origin="sdk", sdk="User.get_ad_accounts", permissions=READ, answers="adaccount")
def list_ad_accounts(call: Call) -> dict:
    """Those the person works on."""
    return show_list(call, "adaccount", [one for one in call.store.adaccounts.all() if call.node["id"] in one["people"]])


@route("GET", "adaccount", "campaigns", origin="sdk", sdk="AdAccount.get_campaigns", permissions=READ, answers="campaign")
def list_campaigns(call: Call) -> dict:
    return _listed(call, "campaign")


@route("POST", "adaccount", "campaigns", origin="sdk", sdk="AdAccount.create_campaign", permissions=MANAGE,
       parameters=("name", "objective", "status", "special_ad_categories"))  # fmt: skip
def create_campaign(call: Call) -> dict:
    """`special_ad_categories` must be given, also when it is empty, as Meta asks."""
    if "special_ad_categories" not in call.parameters:
        raise bad_parameter("The parameter special_ad_categories is required")
    return _new(call, "campaign", objective=_required(call, "objective", OBJECTIVES), status=call.choice("status", STATUSES),
                ran=0, since=None)


@route("GET", "adaccount", "adsets", origin="sdk", sdk="AdAccount.get_ad_sets", permissions=READ, answers="adset")
def list_ad_sets(call: Call) -> dict:
    return _listed(call, "adset")


@route("POST", "adaccount", "adsets", origin="sdk", sdk="AdAccount.create_ad_set", permissions=MANAGE,
       parameters=("name", "campaign_id", "lifetime_budget", "end_time", "billing_event", "optimization_goal", "targeting", "status",
                   "promoted_object", "bid_strategy"))  # fmt: skip
def create_ad_set(call: Call) -> dict:
    """With a lifetime budget in cents and an end in time to come."""
    campaign = _mine(call, "campaigns", call.text("campaign_id"))
    budget, ends = call.number("lifetime_budget", 0, 10**9), _end(call)
    if budget < LEAST_BUDGET:
        raise bad_parameter("Your budget is too low")
    _json(call, "targeting", "geo_locations")
    return _new(call, "adset", campaign_id=campaign["id"], lifetime_budget=budget, starts=call.store.now(), ends=ends,
                status=call.choice("status", STATUSES))


@route("GET", "adaccount", "adcreatives", origin="sdk", sdk="AdAccount.get_ad_creatives", permissions=READ, answers="adcreative")
def list_creatives(call: Call) -> dict:
    return _listed(call, "adcreative")


@route("POST", "adaccount", "adcreatives", origin="sdk", sdk="AdAccount.create_ad_creative", permissions=MANAGE,
       parameters=("name", "object_story_id"))  # fmt: skip
def create_creative(call: Call) -> dict:
    """An existing post of a page."""
    post = call.store.posts.get(call.text("object_story_id"))
    if post is None:
        raise bad_parameter("The post you want to advertise does not exist")
    return _new(call, "adcreative", object_story_id=post["id"])


@route("GET", "adaccount", "ads", origin="sdk", sdk="AdAccount.get_ads", permissions=READ, answers="ad")
def list_ads(call: Call) -> dict:
    return _listed(call, "ad")


@route("POST", "adaccount", "ads", origin="sdk", sdk="AdAccount.create_ad", permissions=MANAGE,
       parameters=("name", "adset_id", "creative", "status"))  # fmt: skip
def create_ad(call: Call) -> dict:
    """A creative in an ad set."""
    adset = _mine(call, "adsets", call.text("adset_id"))
    _mine(call, "adcreatives", str(_json(call, "creative", "creative_id")["creative_id"]))
    return _new(call, "ad", adset_id=adset["id"], campaign_id=adset["campaign_id"], status=call.choice("status", STATUSES))


@route("POST", "campaign", origin="sdk", sdk="Campaign.api_update", permissions=MANAGE, parameters=("status",))
def switch_campaign(call: Call) -> dict:
    """Run or rest; resting, nothing is spent."""
    status, campaign = call.choice("status", STATUSES), _reached(call)
    ran = _ran(call.store, campaign)
    call.store.campaigns.change(campaign["id"], status=status, ran=ran, since=call.store.now() if status == "ACTIVE" else None)
    return SUCCESS


@route("GET", "campaign", "insights", origin="sdk", sdk="Campaign.get_insights", permissions=READ, parameters=("date_preset",),
       answers="insight")  # fmt: skip
def read_insights(call: Call) -> dict:
    """What it has cost so far, in the account's currency; an empty list before anything was spent."""
    cents = spent(call.store, _reached(call))
    return show_list(call, "insight", [{"id": call.node["id"], "spend": f"{cents / 100:.2f}"}] if cents else [])


def spent(store: Store, campaign: dict) -> int:
    """Cents: each ad set with an ad spends its budget evenly over its time."""
    ran, total = _ran(store, campaign), 0
    for adset in store.adsets.where(campaign_id=campaign["id"]):
        if adset["status"] == "ACTIVE" and store.ads.where(adset_id=adset["id"]):
            total += int(adset["lifetime_budget"] * min(1, ran / (adset["ends"] - adset["starts"])))
    return total


def _ran(store: Store, campaign: dict) -> float:
    """Seconds it has run."""
    return campaign["ran"] + (store.now() - campaign["since"] if campaign["since"] else 0)


def _listed(call: Call, kind: str) -> dict:
    account = _reached(call)
    return show_list(call, kind, call.store.collection(f"{kind}s").where(account=account["id"])[::-1])


def _new(call: Call, kind: str, **details: object) -> dict:
    node = {"id": call.store.new_number(FIRST_ID), "account": _reached(call)["id"], "name": _required(call, "name"), **details}
    call.store.collection(f"{kind}s")[node["id"]] = node
    return {"id": node["id"]}


def _reached(call: Call) -> dict:
    """The node, when the token's person works on its account."""
    account = call.store.adaccounts[call.node.get("account", call.node["id"])]
    if call.token["person"] not in account["people"]:
        raise unseen(call.node["id"], call.method)
    return call.node


def _mine(call: Call, name: str, node_id: str) -> dict:
    """A node of the same account."""
    node = call.store.collection(name).get(node_id)
    if node is None or node["account"] != call.node["id"]:
        raise bad_parameter(f"{node_id} does not exist in this account")
    return node


def _required(call: Call, name: str, allowed: tuple[str, ...] = ()) -> str:
    if not (value := call.text(name)) or (allowed and value not in allowed):
        raise bad_parameter(f"Param {name} is required" + (f" and must be one of {{{', '.join(allowed)}}}" if allowed else ""))
    return value


def _end(call: Call) -> float:
    try:
        ends = datetime.fromisoformat(call.text("end_time")).timestamp()
    except ValueError as error:
        raise bad_parameter("Param end_time must be a time; an ad set with a lifetime budget needs it") from error
    if ends <= call.store.now():
        raise bad_parameter("The end time must be in the future")
    return ends


def _json(call: Call, name: str, needs: str) -> dict:
    try:
        value = json.loads(call.text(name))
    except ValueError:
        value = None
    if not isinstance(value, dict) or needs not in value:
        raise bad_parameter(f"Param {name} must be an object with {needs}")
    return value

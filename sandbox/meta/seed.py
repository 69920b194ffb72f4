"""Who and what exists in the fictional Facebook at the beginning. The same each time."""

from sandbox.meta.store import ALL_TASKS, FULL_CONTROL, TWIN, Store

FARHANA, RAKIB, TANVIR, NUSRAT = (str(100000000000001 + n) for n in range(4))
NAKSHI, PITHA, GADGET, TEA, HONEY = (str(200000000000001 + n) for n in range(5))
SURMA, ADS = "300000000000001", "act_400000000000001"
FIRST_PERSON, FIRST_PAGE = 100000000001000, 200000000001000

PEOPLE = {FARHANA: "Farhana Akter", RAKIB: "Rakib Hasan", TANVIR: "Tanvir Ahmed", NUSRAT: "Nusrat Jahan"}
TWIN_TASKS = [FULL_CONTROL, *(TWIN + task for task in ALL_TASKS)]


def seed(store: Store) -> None:
    """Fill an empty Facebook."""
    for person_id, name in PEOPLE.items():
        add_person(store, name, person_id)
    _seed_pages(store)
    _seed_business(store)
    add_account(store, ADS, "Nakshi Ghor", [FARHANA])


def add_person(store: Store, name: str, person_id: str | None = None) -> dict:
    """A person whose account is in order."""
    person_id = person_id or store.new_number(FIRST_PERSON)
    store.people[person_id] = person = {"id": person_id, "name": name, "state": "ok", "sessions_end": {}}
    return person


def add_page(store: Store, name: str, roles: dict, page_id: str | None = None, **details) -> dict:
    """A page; `roles` is person id → {tasks, business (None unless the role comes through one)}."""
    page_id = page_id or store.new_number(FIRST_PAGE)
    page = {"id": page_id, "name": name, "category": "Local business", "about": "", "followers_count": 0, "fan_count": 0}
    store.pages[page_id] = page = page | {"only_through_business": False, "roles": roles} | details
    return page


def add_account(store: Store, account_id: str, name: str, people: list[str]) -> None:
    """An account that pays in dollars and is in order."""
    store.adaccounts[account_id] = {"id": account_id, "name": name, "account_status": 1, "currency": "USD", "people": people}


def role(tasks: list[str], business: str | None = None) -> dict:
    return {"tasks": tasks, "business": business}


def _seed_pages(store: Store) -> None:
    add_page(
        store, "নকশি ঘর Nakshi Ghor", {FARHANA: role(ALL_TASKS), RAKIB: role(ALL_TASKS), NUSRAT: role(["ANALYZE"])},
        NAKSHI, category="Clothing (brand)", about="হাতের কাজের শাড়ি ও কাঁথা।", followers_count=48210, fan_count=47650,
    )  # fmt: skip
    add_page(
        store, "Dhaka Pitha House", {FARHANA: role(TWIN_TASKS)},
        PITHA, category="Food and beverage", about="Pitha all year.", followers_count=12904, fan_count=12511,
    )  # fmt: skip
    add_page(
        store, "Chattogram Gadget Bazar", {TANVIR: role(ALL_TASKS), FARHANA: role(["ANALYZE", "ADVERTISE"])},
        GADGET, category="Electronics shop", about="Phones, chargers, repairs.", followers_count=203377, fan_count=199020,
    )  # fmt: skip


def _seed_business(store: Store) -> None:
    """One page that `/me/accounts` never shows, and one that a Business looks after for its owner."""
    through = role(ALL_TASKS, SURMA)
    add_page(
        store, "Sylhet Tea Trails", {NUSRAT: through, FARHANA: through},
        TEA, category="Tour agency", about="চা বাগানে বেড়ানো।", followers_count=8040, fan_count=7991, only_through_business=True,
    )  # fmt: skip
    add_page(
        store, "Khulna Honey House", {TANVIR: role(ALL_TASKS), NUSRAT: role(["CREATE_CONTENT", "MODERATE"], SURMA)},
        HONEY, category="Grocery shop", about="Sundarban honey.", followers_count=3315, fan_count=3290,
    )  # fmt: skip
    store.businesses[SURMA] = {
        "id": SURMA, "name": "Surma Group", "people": [NUSRAT, FARHANA], "owned_pages": [TEA], "client_pages": [HONEY],
    }  # fmt: skip

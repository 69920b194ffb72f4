"""The fictional Facebook: its people, pages, businesses, posts, photos, comments and who may do what."""

from dataclasses import dataclass

from sandbox.documents import Collection
from sandbox.world import World

NODE_KINDS = {"user": "people", "page": "pages", "business": "businesses", "post": "posts", "photo": "photos",
              "comment": "comments", "adaccount": "adaccounts", "campaign": "campaigns"}  # fmt: skip
TWIN = "PROFILE_PLUS_"
FULL_CONTROL = TWIN + "FULL_CONTROL"
ALL_TASKS = ["ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE"]


@dataclass(frozen=True)
class Store:
    """The collections of one world. Times are epoch seconds of the sandbox's clock."""

    world: World

    def collection(self, name: str) -> Collection:
        return self.world.collection(f"meta.{name}")

    @property
    def people(self) -> Collection:
        return self.collection("people")

    @property
    def pages(self) -> Collection:
        return self.collection("pages")

    @property
    def businesses(self) -> Collection:
        return self.collection("businesses")

    @property
    def posts(self) -> Collection:
        return self.collection("posts")

    @property
    def photos(self) -> Collection:
        return self.collection("photos")

    @property
    def comments(self) -> Collection:
        return self.collection("comments")

    @property
    def adaccounts(self) -> Collection:
        return self.collection("adaccounts")

    @property
    def campaigns(self) -> Collection:
        return self.collection("campaigns")

    @property
    def adsets(self) -> Collection:
        return self.collection("adsets")

    @property
    def ads(self) -> Collection:
        return self.collection("ads")

    @property
    def app_id(self) -> str:
        return self.world.settings["META_APP_ID"]

    @property
    def app_secret(self) -> str:
        return self.world.settings["META_APP_SECRET"]

    def now(self) -> float:
        return self.world.now().timestamp()

    def new_number(self, first: int) -> str:
        """The next number of the series that begins at `first`, as Graph writes ids."""
        counters = self.collection("counters")
        with self.world.transaction():
            number = counters.get(str(first), {"last": first})["last"] + 1
            counters[str(first)] = {"last": number}
        return str(number)

    def find(self, node_id: str) -> tuple[str, dict] | None:
        """The kind and the document of whatever has that id."""
        for kind, name in NODE_KINDS.items():
            if (node := self.collection(name).get(node_id)) is not None:
                return kind, node
        return None

    def tasks(self, page: dict, person_id: str) -> list[str]:
        """The tasks of a person on a page, as Graph lists them."""
        return page["roles"].get(person_id, {}).get("tasks", [])

    def may(self, page: dict, person_id: str, task: str) -> bool:
        """Whether a person can perform a task there, by its classic name or its twin of the new Pages."""
        tasks = self.tasks(page, person_id)
        return task in tasks or TWIN + task in tasks or FULL_CONTROL in tasks

    def pages_of(self, person_id: str) -> list[dict]:
        """Pages on which a person has a task, those of a Business included."""
        return [page for page in self.pages.all() if self.tasks(page, person_id)]

    def comments_on(self, object_id: str) -> list[dict]:
        """Direct comments on a post or replies to a comment, oldest first."""
        return self.comments.where(parent=object_id)

    def posts_of(self, page_id: str) -> list[dict]:
        """A page's posts, newest first."""
        return self.posts.where(page=page_id)[::-1]

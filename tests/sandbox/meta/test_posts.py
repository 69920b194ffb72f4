"""Publishing through the real SDK, and what a person then sees."""

from io import BytesIO

import pytest
import requests
from bs4 import BeautifulSoup
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.pagepost import PagePost
from facebook_business.adobjects.photo import Photo
from PIL import Image

from sandbox.meta.seed import NAKSHI, PITHA
from tests.sandbox.meta.consent import page_api

TEXT = "ঈদের নতুন শাড়ি এসেছে 🎉 https://nakshi.example/eid"


@pytest.fixture
def page(sandbox):
    return Page(NAKSHI, api=page_api(sandbox))


def picture(form="PNG", size=(8, 6)):
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, form)
    return out.getvalue()


def upload(page, content, **parameters):
    files = {"source": ("picture.png", BytesIO(content), "image/png")}
    return page.get_api().call("POST", (page["id"], "photos"), params=parameters, files=files).json()


def shown(sandbox, path=f"/meta/pages/{NAKSHI}"):
    return BeautifulSoup(requests.get(sandbox.base_url + path, timeout=5).text, "html.parser")


def test_a_post_is_published_read_listed_and_removed(sandbox, page, refused):
    post_id = page.create_feed(params={"message": TEXT, "link": "https://nakshi.example/eid"})["id"]
    assert post_id.startswith(NAKSHI + "_")
    fields = ["id", "message", "created_time", "permalink_url", "is_published", "from"]
    post = PagePost(post_id, api=page.get_api()).api_get(fields=fields)
    assert (post["message"], post["is_published"], post["from"]["id"]) == (TEXT, True, NAKSHI)
    assert post["created_time"] == sandbox.now().strftime("%Y-%m-%dT") + post["created_time"][11:]
    for listing in (page.get_feed, page.get_posts, page.get_published_posts):
        assert [p["id"] for p in listing(fields=["id"])] == [post_id]
    assert TEXT in BeautifulSoup(requests.get(post["permalink_url"], timeout=5).text, "html.parser").text
    PagePost(post_id, api=page.get_api()).api_delete()
    assert refused(PagePost(post_id, api=page.get_api()).api_get) == (100, 33, 400)
    assert requests.get(post["permalink_url"], timeout=5).status_code == 404


def test_an_uploaded_photo_is_a_post_with_that_very_picture(sandbox, page):
    content = picture()
    answer = upload(page, content, caption="নকশি", alt_text_custom="A quilt")
    post = PagePost(answer["post_id"], api=page.get_api()).api_get(fields=["message", "full_picture", "status_type"])
    assert (post["message"], post["status_type"]) == ("নকশি", "added_photos")
    kept = requests.get(post["full_picture"], timeout=5)
    assert (kept.content, kept.headers["Content-Type"]) == (content, "image/png")
    assert shown(sandbox).select_one("article img[alt='A quilt']")
    photo = Photo(answer["id"], api=page.get_api()).api_get(fields=["name", "width", "height", "images"])
    assert (photo["name"], photo["width"], photo["height"]) == ("নকশি", 8, 6)


def test_a_photo_is_fetched_from_an_address(page, listener):
    listener.pictures["/eid.jpg"] = picture("JPEG")
    photo = page.create_photo(params={"url": f"{listener.url}/eid.jpg", "caption": "Eid"})
    (post,) = page.get_feed(fields=["message", "full_picture"])
    assert post["message"] == "Eid"
    assert requests.get(post["full_picture"], timeout=5).content == listener.pictures["/eid.jpg"]
    assert photo["id"] in post["full_picture"]


def test_photos_uploaded_before_are_attached_to_one_post(sandbox, page, refused):
    photos = [upload(page, picture(size=(n, n)), published="false")["id"] for n in (3, 4)]
    assert list(page.get_feed()) == []
    media = [{"media_fbid": photo} for photo in photos]
    page.create_feed(params={"message": TEXT, "attached_media": media})
    assert len(shown(sandbox).select("article img")) == 2
    assert refused(page.create_feed, params={"message": TEXT, "attached_media": media})[0] == 100


def test_attached_media_may_be_numbered(sandbox, page):
    photo = upload(page, picture(), published="false")["id"]
    page.get_api().call("POST", (NAKSHI, "feed"), params={"message": "One", "attached_media[0]": {"media_fbid": photo}})
    assert len(shown(sandbox).select("article img")) == 1


def test_an_unpublished_post_is_seen_by_its_page_alone(sandbox, page):
    post_id = page.create_feed(params={"message": "Later", "published": False})["id"]
    assert list(page.get_feed()) == []
    assert PagePost(post_id, api=page.get_api()).api_get(fields=["is_published"])["is_published"] is False
    assert not shown(sandbox).select("article")


@pytest.mark.parametrize("parameters", [
    {}, {"message": ""}, {"message": "x" * 63_207}, {"message": "a", "link": "javascript:alert(1)"},
    {"message": "a", "published": "perhaps"}, {"message": "a", "attached_media": [{"media_fbid": "1"}]},
    {"message": "a", "attached_media": ["1"]}, {"message": "a", "attached_media": "nonsense"}, {"mesage": "a"},
    {"message": "a", "colour": "red"},
])  # fmt: skip
def test_bad_parameters_publish_nothing(sandbox, page, refused, parameters):
    call = page.get_api().call
    assert refused(call, "POST", (NAKSHI, "feed"), params=parameters) == (100, None, 400)
    assert sandbox.collection("meta.posts") == {}


@pytest.mark.parametrize("content", [
    b"", b"not a picture", b"\x89PNG\r\n\x1a\n broken", b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    picture().replace(b"IDAT", b"IDAT\0"),
], ids=["empty", "text", "cut short", "svg", "wrong checksum"])  # fmt: skip
def test_what_is_no_picture_is_refused(sandbox, page, refused, content):
    assert refused(upload, page, content) == (324, 2069019, 400)
    assert sandbox.collection("meta.photos") == {}


def test_a_photo_needs_a_file_or_an_address_that_answers(page, refused):
    assert refused(page.create_photo, params={"caption": "nothing"})[0] == 324
    assert refused(page.create_photo, params={"url": "http://127.0.0.1:1/none.jpg"}) == (100, 2069019, 400)


def test_a_photo_of_another_page_cannot_be_attached(sandbox, page, refused):
    photo = upload(Page(PITHA, api=page_api(sandbox, PITHA)), picture(), published="false")["id"]
    assert refused(page.create_feed, params={"message": "a", "attached_media": [{"media_fbid": photo}]})[0] == 100


def test_a_field_that_does_not_exist_fails_the_call(page, refused):
    assert refused(page.get_api().call, "GET", (NAKSHI,), params={"fields": "name,shoe_size"})[0] == 100
    assert refused(page.get_api().call, "GET", (NAKSHI,), params={"fields": "name,comments.limit(3){id}"})[0] == 2500


def test_fields_of_a_field_can_be_chosen(page):
    page.create_feed(params={"message": "a"})
    answer = page.get_api().call("GET", (NAKSHI, "feed"), params={"fields": "from{name},id"}).json()
    assert set(answer["data"][0]) == {"id", "from"}
    assert answer["data"][0]["from"]["name"].startswith("নকশি")


def test_a_dropped_answer_leaves_the_post_there_to_be_found(sandbox, page):
    sandbox.faults.add({"vendor": "meta", "method": "POST", "path": "/feed$", "mode": "drop_after_commit"})
    with pytest.raises(requests.ConnectionError):
        page.create_feed(params={"message": TEXT})
    assert [post["message"] for post in page.get_published_posts(fields=["message"])] == [TEXT]


def test_what_is_written_is_text_on_the_page(sandbox, page):
    page.create_feed(params={"message": "<b id=evil>bold</b>"})
    assert not shown(sandbox).select("#evil")
    assert "<b id=evil>" in shown(sandbox).text

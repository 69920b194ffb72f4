"""Ada's business, Ben's profile, and the vetting that two of staff decide."""
from __future__ import annotations

import io

from PIL import Image, ImageDraw

from tests.story.outside import until
from tests.story.telling import Tale, step


@step("ada says who her business is", "ada")
def business(tale: Tale) -> None:
    ada = tale.person("ada").open("/businesses/new")
    ada.submit("/businesses/new", expect=422, name="", trade="boutique", district="narayanganj")
    ada.submit("/businesses/new", name="নকশি ঘর", trade="boutique", district="narayanganj", about="শাড়ি আর কুর্তি, অনলাইনে।")
    ada.open("/business").reads("নকশি ঘর")


@step("ben writes his profile with a package and a picture of his work, and publishes it", "ben")
def profile(tale: Tale) -> None:
    ben = tale.person("ben").open("/profile")
    ben.submit("/profile$", name="Ben Das", headline="বুটিকের পেজ চালাই ছয় বছর", about="ছবি তুলি, লিখি, রাত ১১টা পর্যন্ত উত্তর দিই।",
               district="dhaka", trades=["boutique", "cosmetics"], platforms=["facebook", "instagram"], languages=["bn", "en"],
               sample_question="দাম কত?", sample_reply="জি আপু, দাম ১,৬৫০ টাকা।")
    ben.open("/profile/packages/new").submit("/profile/packages/new", title="৯০ পোস্ট", kind="management", price_minor="7,000",
                                             posts="90", videos="4", messages_a_day="40")
    ben.open("/profile/portfolio/new").submit("/profile/portfolio/new", files={"picture": ("work.png", picture(), "image/png")},
                                              title="ঈদের কালেকশন", text="১২ দিনে ৩০টা পোস্ট।")
    ben.open("/profile").submit("/profile/publication")
    ben.open("/profile/preview").reads("বুটিকের পেজ চালাই ছয় বছর", "ঈদের কালেকশন")


@step("ben applies for vetting in management and in boosting", "ben")
def apply(tale: Tale) -> None:
    ben = tale.person("ben")
    for level in ("management", "boosting"):
        ben.open("/vetting").submit("/vetting/applications", level=level)
        form = ben.form("/vetting/applications/")
        questions = {area["name"]: "তিন বছর, চারটা পেজ; হিসাব দেখাতে পারি।" for area in form.find_all("textarea") if area["name"] != "links"}
        ben.submit("/vetting/applications/", press="send", links="https://facebook.com/nokshi", **questions)


@step("two of staff vet ben: an interview, a recommendation, a second opinion", "sam, tara")
def vet(tale: Tale) -> None:
    for _ in ("management", "boosting"):
        sam = tale.person("sam").open("/staff/vetting").follow("/staff/vetting/[0-9a-f-]{36}")
        case = sam.url
        sam.submit("/review")
        sam.open(case).submit("/interview", at="2026-12-01T11:00", link="https://meet.example.com/abc")
        checks = [box["value"] for box in sam.open(case).form("/recommendation").find_all("input", {"name": "checks"})]
        sam.submit("/recommendation", verdict="approve", checks=checks, why="Good work, seen live.", reasons="ভালো কাজ।")
        tale.person("sam").open(case)
        assert not sam.offers("/decision"), "one person must not decide alone"
        tale.person("tara").open(case).submit("/decision", why="Agreed.")


@step("ben reads that he is verified, and the public page says what was checked", "ben, visitor")
def vetted(tale: Tale) -> None:
    until(lambda: len([one for one in tale.outside.letters(tale.email("ben")) if "vetting" in str(one["headers"])]) >= 2,
          "two letters about vetting")
    visitor = tale.person("visitor").open("/managers").follow("/managers/[a-z0-9-]+$")
    visitor.reads("Ben Das")
    tale.kept["ben.page"] = visitor.url


def picture() -> io.BytesIO:
    """A drawn saree, as a PNG."""
    image = Image.new("RGB", (640, 480), "#f3d9c9")
    draw = ImageDraw.Draw(image)
    draw.rectangle((220, 60, 420, 420), fill="#8a2432")
    for y in range(90, 400, 40):
        draw.ellipse((300, y, 340, y + 24), fill="#eea81f")
    out = io.BytesIO()
    image.save(out, "PNG")
    out.seek(0)
    return out



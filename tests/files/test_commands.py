"""Uploads: what is taken, what is refused, what is left of it."""
import io
import random
import struct
import zlib
from datetime import timedelta

import pytest
from PIL import Image

from marketplace.core import clock, limits
from marketplace.core.db import db
from marketplace.core.errors import Invalid, TooMany
from marketplace.files import commands
from marketplace.files.commands import pictures, take
from marketplace.files.models import File, Purpose, Variant
from marketplace.gateways import storage
from tests import people
from tests.factories.files import PDF, make_file, picture
from tests.worker import run_jobs

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><html><body><script>alert(1)</script></body></html>"


def opened(file, variant=Variant.original):
    return Image.open(io.BytesIO(commands.body(file, variant)))


def bomb(width, height):
    """A PNG of one colour and so many pixels, a few kB long."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    squeezed = zlib.compressobj(9)
    row = b"\x00" + b"\x00" * ((width + 7) // 8)
    data = b"".join(squeezed.compress(row) for _ in range(height)) + squeezed.flush()
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)) + chunk(b"IDAT", data)
            + chunk(b"IEND", b""))


def test_a_picture_is_kept_in_three_sizes(app):
    file = make_file(people.ben(), content=picture("JPEG", (3000, 1500)), name="eid.jpeg")
    assert (file.name, file.type, file.width, file.height, file.public) == ("eid.jpg", "image/jpeg", 2560, 1280, False)
    assert [opened(file, variant).size for variant in Variant] == [(2560, 1280), (720, 360), (240, 240)]
    assert opened(file, Variant.card).format == opened(file, Variant.thumb).format == "WEBP"


def test_the_name_in_the_store_says_nothing(app):
    one, other = make_file(people.ben(), name="secret.png"), make_file(people.ben(), name="secret.png")
    assert one.storage != other.storage
    assert len(one.storage) >= 32
    assert "secret" not in one.storage


def test_place_camera_and_comments_are_gone(app):
    exif = Image.Exif()
    exif[0x010F] = "PhoneMaker"
    exif.get_ifd(0x8825)[2] = (23.0, 48.0, 36.0)
    file = make_file(people.ben(), content=picture("JPEG", exif=exif.tobytes(), comment=b"my house"))
    for variant in Variant:
        body = commands.body(file, variant)
        assert not Image.open(io.BytesIO(body)).getexif()
        assert b"PhoneMaker" not in body
        assert b"my house" not in body
        assert b"Exif" not in body


def test_a_picture_stands_as_the_camera_was_held(app):
    exif = Image.Exif()
    exif[0x0112] = 6
    file = make_file(people.ben(), content=picture("JPEG", (300, 200), exif=exif.tobytes()))
    assert (file.width, file.height) == (200, 300)


def test_transparency_is_kept_and_palettes_are_taken(app):
    clear = make_file(people.ben(), content=picture("WEBP", mode="RGBA", colour="#0c4f3a80"))
    assert (clear.type, opened(clear).mode) == ("image/png", "RGBA")
    out = io.BytesIO()
    Image.new("P", (40, 40)).save(out, "PNG")
    assert opened(make_file(people.ben(), content=out.getvalue())).mode == "RGB"


@pytest.mark.parametrize(("content", "name"), [
    (SVG, "logo.svg"), (SVG, "logo.png"), (HTML, "page.jpg"), (b"MZ\x90\x00" + b"\x00" * 200, "run.exe"), (b"just words", "photo.jpg"),
    (b"GIF89a" + b"\x00" * 40, "move.gif"), (b"<?php system($_GET['x']);", "a.php"), (PDF, "paper.pdf"),
], ids=["svg", "svg as png", "html as jpg", "exe", "text", "gif", "php", "pdf where pictures are wanted"])
def test_other_kinds_are_refused(app, content, name):
    with pytest.raises(Invalid):
        make_file(people.ben(), content=content, name=name)
    assert db.session.query(File).count() == 0


@pytest.mark.parametrize("tail", [b"<?php system('id');?>", HTML, PDF, b"PK\x03\x04" + b"\x00" * 60, SVG])
@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_nothing_passes_but_pixels(app, form, tail):
    """Polyglots: another file behind the picture, or a program in its comment."""
    file = make_file(people.ben(), content=picture(form) + tail)
    assert all(tail[:12] not in commands.body(file, variant) for variant in Variant)


def test_a_pdf_in_front_of_a_picture_is_a_pdf(app):
    with pytest.raises(Invalid):
        make_file(people.ben(), content=PDF + picture("JPEG"))


@pytest.mark.parametrize("content", [picture()[:200], picture("JPEG")[:400], b"\x89PNG\r\n\x1a\n" + b"\x00" * 500],
                         ids=["png", "jpeg", "head"])
def test_broken_pictures_are_refused(app, content):
    with pytest.raises(Invalid, match="Invalid"):
        make_file(people.ben(), content=content)


def test_a_bomb_is_refused_before_it_is_unpacked(app):
    content = bomb(13_000, 13_000)
    assert len(content) < 25_000
    with pytest.raises(Invalid) as refusal:
        make_file(people.ben(), content=content)
    assert "40" in str(refusal.value.message)


def test_pixels_at_the_limit_and_one_over(app, monkeypatch):
    monkeypatch.setattr(pictures, "MEGAPIXELS", 1)
    assert make_file(people.ben(), content=bomb(1000, 1000)).width == 1000
    with pytest.raises(Invalid):
        make_file(people.ben(), content=bomb(1000, 1001))


def test_forty_megapixels_fit_into_the_child(app):
    assert make_file(people.ben(), content=bomb(8000, 5000)).width == 2560


def test_the_child_dies_rather_than_eat_the_machine(app, monkeypatch):
    monkeypatch.setattr(pictures, "MEMORY_MB", 160)
    with pytest.raises(Invalid):
        make_file(people.ben(), content=bomb(7000, 5000))


def test_a_child_that_never_ends_is_stopped_and_its_picture_refused(app, monkeypatch, tmp_path):
    endless = tmp_path / "endless.py"
    endless.write_text("while True: pass")
    monkeypatch.setattr(pictures, "CHILD", endless)
    monkeypatch.setattr(pictures, "SECONDS", -4)
    with pytest.raises(Invalid):
        pictures._drawn(picture(), "PNG")


def test_size_at_the_limit_and_one_byte_over(app, monkeypatch):
    content = picture()
    monkeypatch.setitem(take.ALLOWED, Purpose.photo, take.Allowed(take.PICTURES, len(content)))
    assert make_file(people.ben(), Purpose.photo, content)
    with pytest.raises(Invalid):
        make_file(people.ben(), Purpose.photo, content + b"\x00")
    with pytest.raises(Invalid):
        make_file(people.ben(), Purpose.photo, b"")


def test_papers_are_kept_as_they_are(app):
    file = make_file(people.ben(), Purpose.evidence, PDF, "প্রমাণ.pdf")
    assert (file.type, file.width, file.drawn, commands.body(file, Variant.original)) == ("application/pdf", None, False, PDF)
    assert commands.body(file, Variant.thumb) is None


@pytest.mark.parametrize("content", [
    PDF.replace(b"/Type/Catalog", b"/Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>"), PDF.replace(b"%%EOF", b""),
    b"\n\n" + PDF,
], ids=["acts", "cut", "shifted"])
def test_papers_that_act_or_are_broken_are_refused(app, content):
    with pytest.raises(Invalid):
        make_file(people.ben(), Purpose.evidence, content, "paper.pdf")


@pytest.mark.parametrize(("name", "shown"), [
    ("../../etc/passwd", "passwd.png"), ("C:\\Users\\me\\pic.JPG", "pic.png"), ("evil.php", "evil.png"),
    ("a.png\r\nSet-Cookie: x", "a.png"),
    ("\u202egnp.exe", "gnp.png"), ("নকশি কাঁথা.jpg", "নকশি কাঁথা.png"), ("CON.png", "file.png"), ("...", "file.png"), ("", "file.png"),
    (None, "file.png"), ("x" * 300 + ".png", "x" * 100 + ".png"), ("nul\x00byte.png", "nulbyte.png"), ("dots. . .png", "dots.png"),
])
def test_names_are_harmless(app, name, shown):
    assert make_file(people.ben(), name=name).name == shown


def test_bengali_joiners_survive_in_names(app):
    name = "র\u200d্যাম্প"
    assert make_file(people.ben(), name=f"{name}.png").name == f"{name}.png"


def test_a_day_has_so_many_uploads(app, monkeypatch):
    monkeypatch.setattr(take, "FILES_A_DAY", 2)
    ben = people.ben()
    limits.clear(f"files:{ben.id}")
    make_file(ben)
    with pytest.raises(Invalid):
        make_file(ben, content=SVG)
    with pytest.raises(TooMany):
        make_file(ben)


def test_a_day_has_so_many_bytes(app, monkeypatch):
    noise = io.BytesIO()
    Image.frombytes("RGB", (420, 420), random.Random(1).randbytes(420 * 420 * 3)).save(noise, "PNG")
    monkeypatch.setattr(take, "MB_A_DAY", 1)
    ben = people.ben()
    make_file(ben, content=noise.getvalue())
    with pytest.raises(TooMany):
        make_file(ben, content=noise.getvalue())
    clock.move(timedelta(days=1, minutes=1))
    assert make_file(ben, content=noise.getvalue())


def test_a_removed_file_leaves_nothing(app):
    file = make_file(people.ben())
    folder = file.storage
    commands.remove(file)
    assert storage.get(f"{folder}/thumb") is not None
    run_jobs()
    assert [storage.get(f"{folder}/{variant}") for variant in Variant] == [None, None, None]


def test_strays_are_tidied_and_what_has_a_row_stays(app):
    kept = make_file(people.ben())
    storage.put("stray/original", b"left by a request that failed")
    assert commands.tidy() == 0
    clock.move(timedelta(days=2))
    commands.tidy()
    assert storage.get("stray/original") is None
    assert commands.body(kept, Variant.original)

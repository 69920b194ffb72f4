"""Copy Tabler, the fonts, the icons and htmx from pinned npm packages into static/, cut down to what is used.

Run it with `bin/vendor` after a template uses a new Tabler class or `static/img/icons.txt` names a new icon, and commit
the result: nothing of npm runs in production. The pins and their hashes are in ops/npm.
"""

import io
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
PINS = ROOT / "ops" / "npm"

LICENCES = {
    "tabler-icons.txt": "@tabler/icons/LICENSE",
    "htmx.txt": "htmx.org/LICENSE",
    "inter.txt": "@fontsource-variable/inter/LICENSE",
    "noto-sans-bengali.txt": "@fontsource-variable/noto-sans-bengali/LICENSE",
}
TAKA = [0x9F3]  # a file of its own: an English page shows prices and little other Bengali
SWITCH = [ord(letter) for letter in "বাংলা"]  # the language switch of an English page, which shows no other Bengali
BENGALI = [*range(0x980, 0x9F3), *range(0x9F4, 0x9FF), 0x964, 0x965, 0x200C, 0x200D, 0x25CC]
LATIN = [*range(0x20, 0x7F), *map(ord, "\u00a0\u00b7\u00d7\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2026\u2192\u2212")]
# chosen inside Jinja expressions, where names_used() does not look
ALWAYS = {"html", "body", "type", "radio", "checkbox", "file", "form-control", "form-select"}
WEIGHTS = (400, 650)  # bolder closes the counters of Bengali


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="vendor-") as folder:
        modules = install(Path(folder))
        write_css(modules)
        write_fonts(modules)
        write_icons(modules)
        write_htmx(modules)
        write_licences(modules)
    for path in sorted([*(STATIC / "vendor").rglob("*"), *(STATIC / "fonts").iterdir(), STATIC / "img" / "icons.svg"]):
        if path.is_file():
            print(f"{path.relative_to(ROOT)}  {path.stat().st_size} bytes")


def install(folder: Path) -> Path:
    """Install the locked packages into `folder`, running none of their scripts."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(PINS / name, folder)
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True)
    return folder / "node_modules"


def write_css(modules: Path) -> None:
    used = modules.parent / "used.html"
    used.write_text("\n".join(sorted(names_used())))
    source = modules / "@tabler/core/dist/css/tabler.min.css"
    command = [modules / ".bin/purgecss", "--css", source, "--content", used, "--variables", "--keyframes"]
    subprocess.run([*command, "--output", modules.parent / "purged/"], check=True, stdout=subprocess.DEVNULL)
    css = (modules.parent / "purged/tabler.min.css").read_text()
    save(STATIC / "vendor" / "tabler" / "tabler.css", plain_colours(one_theme(css)))


def names_used() -> set[str]:
    """Tags and class names in the templates; words of the text do not count."""
    names = set(ALWAYS)
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text()
        names.update(re.findall(r"<([a-z][a-z0-9]*)", text))
        for value in re.findall(r"""\bclass_?=(?:"([^"]*)"|'([^']*)')""", text):
            names.update(re.findall(r"[A-Za-z][\w-]*", " ".join(value)))
    return names


def one_theme(css: str) -> str:
    """Drop Tabler's own dark rules: dark is a set of tokens in theme.css."""
    return re.sub(r"[^{}]*\[data-bs-theme=dark\][^{}]*\{[^{}]*\}", "", css)


def plain_colours(css: str) -> str:
    """Drop the variables old browsers drop silently, so that every browser shows what theme.css says."""
    return re.sub(r"--tblr-[\w-]+:[^;{}]*(?:light-dark\(|\(from )[^;{}]*;?", "", css)


def write_fonts(modules: Path) -> None:
    fonts = modules / "@fontsource-variable"
    bengali = fonts / "noto-sans-bengali/files/noto-sans-bengali-bengali-wght-normal.woff2"
    save_font(bengali, STATIC / "fonts" / "noto-sans-bengali.woff2", BENGALI)
    save_font(bengali, STATIC / "fonts" / "taka.woff2", TAKA)
    save_font(bengali, STATIC / "fonts" / "bangla.woff2", SWITCH)
    save_font(fonts / "inter/files/inter-latin-wght-normal.woff2", STATIC / "fonts" / "inter.woff2", LATIN)


def save_font(source: Path, target: Path, characters: list[int]) -> None:
    """Subset first, then narrow the weights: the other order fails on a Bengali mark."""
    font = instancer.instantiateVariableFont(subset(TTFont(source, recalcTimestamp=False), characters), {"wght": WEIGHTS})
    font.flavor = "woff2"
    target.parent.mkdir(parents=True, exist_ok=True)
    font.save(target)


def subset(font: TTFont, characters: list[int]) -> TTFont:
    options = Options(layout_features=["*"], glyph_names=False, hinting=False)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    font.flavor = None
    plain = io.BytesIO()
    font.save(plain)
    plain.seek(0)
    return TTFont(plain, recalcTimestamp=False)


def write_icons(modules: Path) -> None:
    symbols = [symbol(modules / "@tabler/icons/icons", name) for name in icon_names()]
    save(STATIC / "img" / "icons.svg", '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n")


def icon_names() -> list[str]:
    return (STATIC / "img" / "icons.txt").read_text().split()


def symbol(icons: Path, name: str) -> str:
    """One Tabler outline icon as a symbol; stroke and size come from our stylesheet."""
    drawing = (icons / "outline" / f"{name}.svg").read_text()
    drawing = drawing.replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" />', "")
    shapes = re.sub(r"\s+", " ", drawing.split(">", 1)[1].rsplit("</svg>", 1)[0]).replace(" />", "/>").replace("> <", "><")
    return f'<symbol id="i-{name}" viewBox="0 0 24 24">{shapes.strip()}</symbol>'


def write_htmx(modules: Path) -> None:
    save(STATIC / "vendor" / "htmx.js", (modules / "htmx.org/dist/htmx.min.js").read_text())


def write_licences(modules: Path) -> None:
    for name, source in LICENCES.items():
        save(STATIC / "vendor" / "licences" / name, (modules / source).read_text())


def save(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


if __name__ == "__main__":
    main()

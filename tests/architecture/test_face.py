"""The face: what a template names exists, dark is dark either way, and the styleguide shows every macro."""
import re
from pathlib import Path

from fontTools.ttLib import TTFont

ROOT = Path(__file__).parents[2]
CSS = ROOT / "static" / "css"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "mail" not in path.parts]
FOR_SCRIPTS = {"htmx-indicator", "htmx-request"}


def test_every_class_of_a_template_has_a_style():
    styled = set(re.findall(r"\.([A-Za-z][\w-]*)", _styles()))
    assert _classes() - styled - FOR_SCRIPTS == set()


def test_every_icon_of_a_template_is_drawn():
    drawn = set(re.findall(r'id="i-([\w-]+)"', (ROOT / "static/img/icons.svg").read_text()))
    assert drawn == set((ROOT / "static/img/icons.txt").read_text().split())
    assert {name for path in PAGES for name in re.findall(r"\bicon(?:_name)?(?:\(|=)'([\w-]+)'", path.read_text())} - drawn == set()


def test_dark_by_choice_is_dark_by_system():
    theme = (CSS / "theme.css").read_text()
    chosen = re.search(r"\[data-bs-theme=dark\]\{(.*?)\}", theme, re.DOTALL)
    system = re.search(r"\[data-bs-theme=auto\]\{(.*?)\}", theme, re.DOTALL)
    assert _tokens(chosen[1]) == _tokens(system[1])


def test_only_the_theme_knows_of_themes():
    assert [path.name for path in CSS.rglob("*.css") if path.name != "theme.css" and "data-bs-theme" in path.read_text()] == []


def test_bengali_is_never_spaced_out_slanted_or_upper_case():
    spaced = re.findall(r"([^{}]*)\{[^{}]*(?:letter-spacing:(?!0[;}])|font-style:italic|text-transform:uppercase)", _own_styles())
    assert [selector.strip() for selector in spaced if ":lang(en)" not in selector] == []


def test_the_styleguide_shows_and_the_guide_names_every_macro_file():
    files = {path.name for path in (ROOT / "templates/ui").glob("*.html")}
    shown = set(re.findall(r"'ui/([\w-]+\.html)'", (ROOT / "templates/site/styleguide.html").read_text()))
    assert files - shown - {"bar.html"} == set()
    assert files - set(re.findall(r"`?ui/([\w-]+\.html)", (ROOT / "docs/design.md").read_text())) == set()


def test_the_fonts_hold_every_character_of_the_catalogues():
    said = {letter for path in (ROOT / "marketplace/translations/bn").glob("*.po") for letter in path.read_text()} - {"\n"}
    held = {chr(code) for path in (ROOT / "static/fonts").glob("*.woff2") for code in TTFont(path).getBestCmap()}
    assert said - held == set()


def _classes():
    found = set()
    for path in PAGES:
        for value in re.findall(r'\bclass="([^"]*)"', path.read_text()):
            plain = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "\0", value)
            found.update(word for word in plain.split() if "\0" not in word)
    return found


def _styles():
    return _own_styles() + (ROOT / "static/vendor/tabler/tabler.css").read_text()


def _own_styles():
    return "\n".join(path.read_text() for path in CSS.rglob("*.css"))


def _tokens(block):
    return dict(re.findall(r"([\w-]+):([^;]+);", block))

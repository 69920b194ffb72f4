"""No string without its Bengali; no Bengali that lost a placeholder."""
import re

from ops import translate

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def test_every_message_has_its_bengali():
    assert list(translate.faults()) == []


def test_a_message_says_the_same_in_every_catalogue():
    assert list(translate.conflicts()) == []


def test_two_ways_to_say_a_message_are_noticed(monkeypatch, tmp_path):
    monkeypatch.setattr(translate, "CATALOGUES", tmp_path)
    for name, bengali in {"jobs": "বন্ধ", "contracts": "শেষ", "bids": "বন্ধ"}.items():
        (tmp_path / f"{name}.po").write_text(f'msgid "Closed"\nmsgstr "{bengali}"\n', encoding="utf-8")
    assert list(translate.conflicts()) == ["'Closed': bids.po 'বন্ধ', contracts.po 'শেষ'"]


def test_placeholders_survive_translation():
    lost = [f"{name}: {message.id}" for name in translate.names() for message in translate._read(name)
            if message.id and message.string and _placeholders(message.id) != _placeholders(message.string)]
    assert lost == []


def test_a_missing_message_is_noticed(monkeypatch):
    monkeypatch.setattr(translate, "messages", lambda name: {"A sentence nobody wrote"} if name == "core" else set())
    assert list(translate.faults()) == ["core.po: 'A sentence nobody wrote'"]


def _placeholders(text):
    texts = text if isinstance(text, list | tuple) else (text,)
    return {found for part in texts for found in PLACEHOLDER.findall(part or "")} - {"%(num)d"}

"""No string without its Bengali; no Bengali that lost a placeholder."""
import re

from ops import translate

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def test_every_message_has_its_bengali():
    assert list(translate.faults()) == []


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

"""A signed text is good for its purpose, its time and its installation only."""
from marketplace.core import crypto


def test_round_trip_and_purpose(app):
    signed = crypto.sign("invite", {"id": 1})
    assert crypto.unsign("invite", signed, 60) == {"id": 1}
    assert crypto.unsign("reset", signed, 60) is None
    assert crypto.unsign("invite", signed, -1) is None


def test_every_changed_character_is_noticed(app):
    signed = crypto.sign("invite", "value")
    flipped = [signed[:i] + ("A" if c != "A" else "B") + signed[i + 1:] for i, c in enumerate(signed[:-1])]
    assert [text for text in flipped if crypto.unsign("invite", text, 60) is not None] == []


def test_tokens_are_long_and_new():
    assert len({crypto.token() for _ in range(100)}) == 100
    assert len(crypto.token()) >= 43

"""Uploads come in, are shown to more or fewer people, and go."""
from marketplace.files.commands.keep import attach, body, forget, publish, remove, tidy
from marketplace.files.commands.take import store

__all__ = ["attach", "body", "forget", "publish", "remove", "store", "tidy"]

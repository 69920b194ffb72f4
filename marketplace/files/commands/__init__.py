"""Uploads come in, are shown to more or fewer people, and go."""
from marketplace.files.commands.keep import attach, body, forget, publish, remove, tidy
from marketplace.files.commands.take import file_away, store

__all__ = ["attach", "body", "file_away", "forget", "publish", "remove", "store", "tidy"]

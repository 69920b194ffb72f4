"""What every gunicorn started here does; the command line (`docs/operations.md`) says how many and where."""
import ctypes
import gc

from marketplace.core import log

preload_app = True
"""Loaded once, before the workers are forked: they share its memory and start at once. A new version needs a restart, not a HUP."""

logconfig_dict = {
    "formatters": {"json": {"()": log.formatter}},
    "handlers": {"json": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stdout"}},
    "root": {"level": "INFO", "handlers": ["json"]},
    "loggers": {"gunicorn.error": {"handlers": ["json"], "propagate": False}},
}
"""gunicorn's own lines are JSON like everybody's."""
M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
"""Names of glibc's `mallopt`."""


def on_starting(server):
    """Give the 19 MiB of each password check back at once: glibc would learn to keep them, in an arena for every thread."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(M_MMAP_THRESHOLD, 1024 * 1024)
        mallopt(M_ARENA_MAX, 2)


def when_ready(server):
    """What was loaded stays for good: the collector need not look at it again, nor write into the pages the workers share."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)

"""gunicorn.conf.py: what every server process here does."""

import ctypes
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOUR_AT_ONCE = """
import re, runpy, sys
from concurrent.futures import ThreadPoolExecutor
from argon2.low_level import Type, hash_secret
def megabytes():
    return int(re.search(r"^VmRSS:\\s+(\\d+)", open("/proc/self/status").read(), re.M)[1]) // 1024
def check(_number):
    hash_secret(b"seven ripe mangoes", b"0123456789abcdef", time_cost=1, memory_cost=19456, parallelism=1, hash_len=32, type=Type.ID)
if sys.argv[1:]:
    runpy.run_path(sys.argv[1])["on_starting"](None)
with ThreadPoolExecutor(4) as pool:
    before = megabytes()
    list(pool.map(check, range(40)))
    print(megabytes() - before)
"""


def kept(*configuration: str) -> int:
    """MiB that a process holds on to after many passwords were checked on four threads."""
    done = subprocess.run([sys.executable, "-c", FOUR_AT_ONCE, *configuration], cwd=ROOT, capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="another libc than glibc keeps memory in its own way")
def test_the_memory_of_password_checks_is_given_back():
    assert kept("gunicorn.conf.py") < 12 < kept()

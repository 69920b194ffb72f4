"""Installs what is not Python's through the system's package manager, where that is possible."""

import os
import shutil
import subprocess


def install(package: str) -> bool:
    """Whether it is there now. False without root or without apt-get: then the caller says what is missing."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", package]):
        if subprocess.run(["apt-get", "-qq", *arguments], env=environment, stdout=subprocess.DEVNULL).returncode:
            return False
    return True

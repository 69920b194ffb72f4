"""Runs a program of PostgreSQL as someone other than root, which it refuses.

Started by root as a fresh, single-threaded interpreter (`python -I -S unprivileged.py FOLDERS -- PROGRAM …`), because a
process with threads may not enter a user namespace.
"""

import ctypes
import os
import pwd
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000


def main(argv: list[str]) -> None:
    """Give up root for the owner of `argv`'s folders (those before `--`) and become the program after it."""
    border = argv.index("--")
    folders, program = [Path(name) for name in argv[:border]], argv[border + 1 :]
    command = [*way_down(folders), *program]
    os.execvp(command[0], command)


def way_down(folders: list[Path]) -> list[str]:
    """Look like nobody while files stay root's; where namespaces are forbidden (containers), hand the folders to nobody.

    What has to be put before the program's command.
    """
    owner = folders[0].stat().st_uid
    if owner == 0 and enter_user_namespace():
        return []
    return become(owner or hand_over(folders))


def enter_user_namespace() -> bool:
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER) != 0:
        return False
    nobody = pwd.getpwnam("nobody").pw_uid
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{nobody} 0 1")
    Path("/proc/self/gid_map").write_text(f"{nobody} 0 1")
    return True


def hand_over(folders: list[Path]) -> int:
    nobody = pwd.getpwnam("nobody")
    for folder in folders:
        for path in (folder, *folder.rglob("*")):
            os.lchown(path, nobody.pw_uid, nobody.pw_gid)
    return nobody.pw_uid


def become(user: int) -> list[str]:
    """As that user, who may still pass through root's folders, for a checkout is often below one."""
    group = pwd.getpwuid(user).pw_gid
    # The secure bit makes access(2), by which initdb looks for its fellows, heed the capability.
    passing = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup"]
    return ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", *passing, "--"]


if __name__ == "__main__":
    main(sys.argv[1:])

"""What each process holds in memory, and how long things take to start."""


def measure():
    return {}

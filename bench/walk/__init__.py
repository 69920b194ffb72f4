"""A random walk of many users through everything that moves money, under faults, and the proof that no taka is lost."""

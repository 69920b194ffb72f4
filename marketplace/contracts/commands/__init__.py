"""The verbs of contracts: the only writers of its tables."""

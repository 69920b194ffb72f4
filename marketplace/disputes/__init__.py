"""Disputes: a claim on part of a step's money, both sides heard on equal clocks, settled between them or decided with reasons."""

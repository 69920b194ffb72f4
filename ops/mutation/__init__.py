"""Mutation testing of the money (bin/mutate): faults made by mutmut's operators, each run in a fork of a warm pytest."""

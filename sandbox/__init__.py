"""The outside world, offline: a separate program that plays the vendors over HTTP on loopback.

It shares no code with the marketplace; neither imports the other.
"""

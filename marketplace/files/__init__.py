"""Uploads: sniffed, bounded, re-encoded, private until said otherwise."""

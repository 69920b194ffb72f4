"""Grants: what a manager may do on a page, until when, and the book in which each use is written."""

"""Listings: what a business wants done, moderated before anybody reads them."""

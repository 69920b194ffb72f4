"""Notices in the product, letters for those who want them."""

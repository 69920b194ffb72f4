"""Proposals of vetted managers on jobs, and how a business compares them."""

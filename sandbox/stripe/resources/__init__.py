"""Stripe's resources, a file each: what may be asked of them and what it does to the money."""

"""People, staff roles, sign-in, factors, sessions."""

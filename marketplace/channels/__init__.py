"""Connected pages: the platform's consent, the vault that keeps tokens, what the platform tells us."""

"""Money in from businesses and out to managers, by Stripe; the ledger says whose it is."""

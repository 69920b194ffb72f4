"""Pages Stripe hosts, for people: paying, the bank's challenge, onboarding, a dashboard."""

"""Those who do the work: profiles, packages, portfolios, and how they are found."""

"""Two-way, double-blind reviews of closed contracts, and the score that follows from them."""

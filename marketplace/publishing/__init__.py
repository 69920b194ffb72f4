"""Posts of a contract: written, approved, frozen, published at their time."""

"""Our calls to the outside, one file a vendor; each loads its vendor's library at first use."""

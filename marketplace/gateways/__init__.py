"""Our calls to the outside, one gateway each."""

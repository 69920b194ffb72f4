"""The whole story of one hire over plain HTTP, from an empty database; told by `bin/story`."""

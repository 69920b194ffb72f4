"""What customers write under the posts of a page, and the answers."""

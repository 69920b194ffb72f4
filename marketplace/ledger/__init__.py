"""Double-entry books: the only truth about money inside Dayitto."""

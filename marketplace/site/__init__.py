"""Landing, home, help, legal pages, and the demo data."""

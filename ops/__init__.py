"""What runs Dayitto on one machine: its set-up, its database, its programs. Imports nothing of the product."""

"""Measures Dayitto against the floor of its own machine: a bare Flask application on the same rows, in the same run."""

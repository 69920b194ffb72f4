"""Dayitto: businesses hand their social pages to vetted managers."""

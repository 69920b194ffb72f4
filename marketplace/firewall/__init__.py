"""Text rules in three scripts: what may not be asked, promised or given before a contract."""

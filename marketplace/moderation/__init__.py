"""The team's pages: queues, reports, people, roles, and the audit."""

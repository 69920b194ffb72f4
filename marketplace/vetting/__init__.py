"""Who may bid: applications, the published rubric, decisions by two people of staff."""

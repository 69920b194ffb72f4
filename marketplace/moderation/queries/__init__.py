"""What the team reads."""
from marketplace.moderation.queries.desk import Queue, queues
from marketplace.moderation.queries.people import (
    Sheet,
    person_seen_by,
    restriction_seen_by,
    role_change_seen_by,
    role_change_waiting,
    role_changes,
    search_people,
    sheet,
)
from marketplace.moderation.queries.record import audit_check_seen_by, audit_checks, names_of, search_audit
from marketplace.moderation.queries.reports import (
    concerns,
    count_open_reports,
    decided_reports,
    is_of,
    loss_seen_by,
    newest_report_about,
    open_reports,
    report_seen_by,
    reportable,
)

__all__ = [
    "Queue", "Sheet", "audit_check_seen_by", "audit_checks", "concerns", "count_open_reports", "decided_reports", "is_of", "loss_seen_by",
    "names_of", "newest_report_about", "open_reports", "person_seen_by", "queues", "report_seen_by", "reportable", "restriction_seen_by",
    "role_change_seen_by", "role_change_waiting", "role_changes", "search_audit", "search_people", "sheet",
]

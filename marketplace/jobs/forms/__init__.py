"""What may be typed about a listing."""
from marketplace.jobs.forms.decision import ClosingForm, RemovalForm, ReturnForm
from marketplace.jobs.forms.invitation import InvitationForm
from marketplace.jobs.forms.listing import FORMS, JobForm
from marketplace.jobs.forms.question import AnswerForm, QuestionForm
from marketplace.jobs.forms.submission import SubmissionForm

__all__ = ["FORMS", "AnswerForm", "ClosingForm", "InvitationForm", "JobForm", "QuestionForm", "RemovalForm", "ReturnForm", "SubmissionForm"]

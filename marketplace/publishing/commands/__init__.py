"""What is done with posts: writing, approving, sending."""
from marketplace.publishing.commands.sending import cancel_waiting, note_permalink, publish, publish_due
from marketplace.publishing.commands.writing import Upload, approve, ask_changes, draft, edit, retry, submit

__all__ = ["Upload", "approve", "ask_changes", "cancel_waiting", "draft", "edit", "note_permalink", "publish", "publish_due", "retry",
           "submit"]

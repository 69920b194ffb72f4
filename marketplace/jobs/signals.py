"""What jobs announce upwards, in the same transaction."""
from blinker import Signal

job_opened = Signal("A listing was published: job_opened.send(job)")
manager_invited = Signal("A manager is about to be invited: manager_invited.send(job, manager=…); a receiver may raise Invalid")
job_ended = Signal("A listing takes no more bids for good (filled, closed, expired, removed): job_ended.send(job)")

"""What jobs announce upwards, in the same transaction."""
from blinker import Signal

job_opened = Signal("A listing was published: job_opened.send(job)")
job_ended = Signal("A listing takes no more bids for good (filled, closed, expired, removed): job_ended.send(job)")

"""A real worker process: runs what is queued, queues further jobs itself, and seals the audit by a sweep."""
import time

from sqlalchemy import create_engine, text

from ops.stage import Stage

QUEUED_BY_A_SWEEP = "select count(*) > 0 from procrastinate_jobs where task_name like 'payments%' and status = 'succeeded'"


def wait_for(engine, query, wanted):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with engine.connect() as connection:
            if connection.execute(text(query)).scalar() == wanted:
                return True
        time.sleep(0.2)
    return False


def test_a_sweep_in_a_real_worker_queues_a_job_that_runs():
    with Stage(SWEEP_SECONDS="1") as stage:
        engine = create_engine(stage.environment["DATABASE_OWNER_URL"])
        stage.flask("staff", "create", "sam@example.com", "--name", "Sam", "--role", "moderator")
        assert wait_for(engine, "select count(*) > 0 from audit_seals", True), stage.log("worker")
        assert wait_for(engine, QUEUED_BY_A_SWEEP, True), stage.log("worker")
        engine.dispose()

"""What the product logs, whatever level the tests run at."""
import pytest
import structlog


@pytest.fixture
def lines(app):
    """The lines written during the test, as the events they are made of."""
    quiet = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(0))
    try:
        with structlog.testing.capture_logs() as caught:
            yield caught
    finally:
        structlog.configure(wrapper_class=quiet)

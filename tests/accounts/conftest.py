"""Visitors of these tests read English unless they say otherwise."""
import pytest

from tests.conftest import OneContextARequest


@pytest.fixture
def client(client):
    """A visitor's browser that asks for English."""
    return _english(client)


@pytest.fixture
def browsers(committed):
    """Makes browsers on a database with real commits: what a refusal leaves behind is counted there as in production."""
    committed.test_client_class = OneContextARequest
    return lambda: _english(committed.test_client())


def _english(client):
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client

"""Connections to the fictional Facebook."""

from collections.abc import Callable

import pytest
from facebook_business.exceptions import FacebookRequestError


@pytest.fixture
def refused() -> Callable:
    """Call, expect Graph's error, return (code, subcode, HTTP status)."""

    def call(function: Callable, *args, **kwargs) -> tuple:
        with pytest.raises(FacebookRequestError) as raised:
            function(*args, **kwargs)
        error = raised.value
        return error.api_error_code(), error.api_error_subcode(), error.http_status()

    return call

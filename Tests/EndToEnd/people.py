"""People who do not exist, with papers that would pass: names, ID numbers and cards with right check digits."""

from __future__ import annotations

from dataclasses import dataclass

# GB 11643-1999: the weights of the first 17 digits, and the check symbol for each remainder modulo 11.
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
# Beijing, Dongcheng.
_REGION = "110101"
# Industrial and Commercial Bank of China, debit cards of 19 digits.
_CARD_PREFIX = "622202"


def id_number(serial: int, born: str = "19900307") -> str:
    """An ID number with its check symbol; serial 0 to 999."""
    body = f"{_REGION}{born}{serial:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True))
    return body + _ID_CHECKS[total % 11]


def card_number(serial: int) -> str:
    """A card number of 19 digits with its Luhn digit."""
    body = f"{_CARD_PREFIX}{serial:012d}"
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return f"{body}{-total % 10}"


@dataclass(frozen=True)
class Person:
    """Somebody with papers."""

    name: str
    id_number: str
    card_number: str


_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞"


def person(serial: int) -> Person:
    """The serial-th person, always the same."""
    given = _GIVEN[serial % len(_GIVEN)] + _GIVEN[serial // len(_GIVEN) % len(_GIVEN)]
    return Person("王" + given, id_number(serial % 1000), card_number(serial))

"""Money in whole minor units; it never passes through floating point."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_INT64_MAX = 2**63 - 1
_CURRENCY = re.compile(r"[A-Z]{3}")
_DECIMAL = re.compile(r"-?[0-9]{1,19}(\.[0-9]+)?")

# ISO 4217: how many decimals a currency has where it is not two.
_DECIMALS = (
    dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0)
    | dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3)
    | dict.fromkeys("CLF UYW".split(), 4)
)


@dataclass(frozen=True, order=False)
class Money:
    """An amount of one currency: ``Money(1234)`` and ``Money.of("12.34")`` are both 12.34 CNY.

    Floats are refused everywhere, because 0.1 is not a tenth in them.
    """

    minor_units: int
    currency: str = "CNY"

    def __post_init__(self) -> None:
        if isinstance(self.minor_units, bool) or not isinstance(self.minor_units, int):
            raise TypeError(f"minor_units is a whole number, not {type(self.minor_units).__name__}; see Money.of")
        if not isinstance(self.currency, str) or not _CURRENCY.fullmatch(self.currency):
            raise ValueError(f"a currency is three upper-case letters, not {self.currency!r}")
        if not -_INT64_MAX - 1 <= self.minor_units <= _INT64_MAX:
            raise ValueError(f"{self.minor_units} minor units do not fit into 64 bits")

    @classmethod
    def of(cls, amount: str | Decimal, currency: str = "CNY") -> Money:
        """From a decimal string such as ``"50.00"``, or a Decimal.

        Raises TypeError for a float, ValueError for what is no plain decimal number or is finer than a minor unit.
        """
        if isinstance(amount, Decimal):
            if not amount.is_finite():
                raise ValueError(f"{amount} is not an amount")
            text = format(amount, "f")
        elif isinstance(amount, str):
            text = amount
        else:
            raise TypeError(
                f"an amount is a decimal string or a Decimal, not {type(amount).__name__}; "
                "for whole minor units write Money(minor_units)"
            )
        if not _DECIMAL.fullmatch(text):
            raise ValueError(f"{text!r} is not a decimal amount such as 50.00")
        places = _DECIMALS.get(currency, 2)
        whole, _, fraction = text.partition(".")
        if fraction[places:].strip("0"):
            raise ValueError(f"{text} is finer than a minor unit: {currency} has {places} decimals")
        return cls(int(whole + fraction[:places].ljust(places, "0")), currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in the currency's main unit."""
        return Decimal(self.minor_units).scaleb(-_DECIMALS.get(self.currency, 2))

    def __str__(self) -> str:
        return f"{self.decimal:f} {self.currency}"

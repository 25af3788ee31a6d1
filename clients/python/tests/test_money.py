from decimal import Decimal

import pytest

from settle_client import Money


@pytest.mark.parametrize(
    ("amount", "currency", "minor_units"),
    [
        ("50.00", "CNY", 5000),
        ("50", "CNY", 5000),
        ("0.01", "CNY", 1),
        ("1.100", "CNY", 110),
        ("-3.5", "CNY", -350),
        ("007", "JPY", 7),
        ("1.234", "KWD", 1234),
        ("92233720368547758.07", "CNY", 2**63 - 1),
        (Decimal("12.34"), "CNY", 1234),
        (Decimal("1E+2"), "CNY", 10000),
    ],
)
def test_exact(amount, currency, minor_units):
    assert Money.of(amount, currency) == Money(minor_units, currency)


@pytest.mark.parametrize("amount", [50.0, 1.1, True, None, 50])
def test_only_strings_and_decimals(amount):
    with pytest.raises(TypeError):
        Money.of(amount)


@pytest.mark.parametrize("minor_units", [1.0, True, "1", Decimal(1)])
def test_only_whole_minor_units(minor_units):
    with pytest.raises(TypeError):
        Money(minor_units)


NO_AMOUNTS = ["", "abc", "1,000", "1.", ".5", "+1", " 1", "1 ", "1\n", "1e3", "0x10", "٣", "NaN"]
NO_AMOUNTS += ["0.001", "92233720368547758.08", Decimal("NaN"), Decimal("Infinity"), Decimal("0.001")]


@pytest.mark.parametrize("amount", NO_AMOUNTS)
def test_refused(amount):
    with pytest.raises(ValueError):
        Money.of(amount)


@pytest.mark.parametrize("currency", ["", "cny", "CN", "CNYX", "C1Y", None])
def test_currency(currency):
    with pytest.raises(ValueError):
        Money(1, currency)


def test_printing_and_back():
    for money in (Money(0), Money(-1), Money(123456789), Money(7, "JPY"), Money(1, "KWD"), Money(2**63 - 1)):
        assert Money.of(money.decimal, money.currency) == money
    assert str(Money(5000)) == "50.00 CNY"
    assert str(Money(7, "JPY")) == "7 JPY"

"""Appeals over the network: the partner complains, staff decides, nobody sees what is another's."""

import pytest

import settle_client
from serving import Server
from settle_client import AppealKind, AppealState, Money


@pytest.fixture(scope="module")
def house(tmp_path_factory, certs):
    """A server by open rules, with an agent and a withdrawal that waits."""
    server = Server(tmp_path_factory.mktemp("appeals") / "data", certs).start()
    with server.client("operator-demo") as operator, server.client("partner-demo") as partner:
        partner.create_agent("a1")
        operator.deposit("a1", Money.of("100.00"), partner="demo", external_reference="voucher-1")
        withdrawal = partner.submit("a1", Money.of("10.00"), "payee")
    yield server, withdrawal
    assert server.stop() == 0, server.log


def test_an_appeal_goes_its_way(house):
    server, withdrawal = house
    with server.client("partner-demo") as partner, server.client("reviewer-alice") as alice:
        appeal = partner.appeals.create(withdrawal.id, AppealKind.LATE, "since yesterday")
        assert appeal.state == AppealState.OPEN and not appeal.escalated and appeal.disputed.minor_units == 0
        assert (appeal.first_answer_due - appeal.create_time).total_seconds() == 24 * 3600
        assert (appeal.due_time - appeal.create_time).total_seconds() == 48 * 3600
        with pytest.raises(settle_client.Refused) as open_already:
            partner.appeals.create(withdrawal.id, AppealKind.OTHER, "again")
        assert open_already.value.reason == "APPEAL_OPEN"
        with_evidence = partner.appeals.add_evidence(appeal.id, "a screenshot", sha256=bytes(32))
        assert with_evidence.evidence[0].sha256 == bytes(32) and with_evidence.evidence[0].person == ""
        assert alice.appeals.assign(appeal.id).assignee == "alice"
        assert partner.appeals.get(appeal.id).assignee == "", "who is at it is staff's business"
        resolved = alice.appeals.resolve(appeal.id, "it was the weekend", upheld=False)
        assert resolved.state == AppealState.REJECTED
        assert [seen.id for seen in partner.appeals.list()] == [appeal.id]
        assert list(partner.appeals.list(open_only=True)) == []


def test_money_needs_a_payout(house):
    server, withdrawal = house
    with server.client("partner-demo") as partner:
        with pytest.raises(settle_client.Refused) as refused:
            partner.appeals.create(withdrawal.id, AppealKind.NOT_ARRIVED, "nothing", disputed=Money.of("10.00"))
        assert refused.value.reason == "APPEAL_NOT_POSSIBLE"


def test_money_of_another_currency_is_refused(house):
    """100 dollars disputed on a withdrawal of yuan froze 100 yuan."""
    server, withdrawal = house
    dollars = Money(100, "USD")
    with server.client("partner-demo") as partner, server.client("reviewer-alice") as alice:
        with pytest.raises(settle_client.InvalidArgument) as refused:
            partner.appeals.create(withdrawal.id, AppealKind.NOT_ARRIVED, "nothing", disputed=dollars)
        assert [violation.field for violation in refused.value.violations] == ["disputed.currency_code"]
        appeal = partner.appeals.create(withdrawal.id, AppealKind.LATE, "still late")
        alice.appeals.assign(appeal.id)
        with pytest.raises(settle_client.InvalidArgument) as refused:
            alice.appeals.resolve(appeal.id, "here you are", upheld=True, awarded=dollars)
        assert [violation.field for violation in refused.value.violations] == ["awarded.currency_code"]
        assert alice.appeals.resolve(appeal.id, "it was late", upheld=True).state == AppealState.UPHELD


def test_others_see_nothing(house):
    server, withdrawal = house
    with server.client("partner-demo") as partner, server.client("partner-other") as other:
        mine = next(iter(partner.appeals.list()))
        with pytest.raises(settle_client.NotFound):
            other.appeals.get(mine.id)
        with pytest.raises(settle_client.NotFound):
            other.appeals.create(withdrawal.id, AppealKind.LATE, "mine now")
        with pytest.raises(settle_client.PermissionDenied):
            partner.appeals.resolve(mine.id, "I win", upheld=True)
        assert list(other.appeals.list()) == []

"""From an application to a decision, over the standard rules: quotes, limits, verified people, review by two, audit."""

from __future__ import annotations

import itertools
import subprocess

import pytest

from people import person
from serving import SETTLE, DidNotStart, Server
from settle_client import (
    Acceleration,
    Adjustment,
    Client,
    CreditGrade,
    DigestOutdated,
    InsufficientFunds,
    InvalidArgument,
    LimitExceeded,
    LimitOverride,
    ListColour,
    ListSubject,
    Money,
    NewListEntry,
    NotFound,
    NotVerified,
    PermissionDenied,
    QuoteMismatch,
    Rail,
    Refused,
    Reveal,
    ReviewOutcome,
    RiskVerdict,
    SamePerson,
    Speed,
    State,
)

_serials = itertools.count(1)


def standard_rules() -> str:
    """The standard document as the program prints it."""
    return subprocess.run([SETTLE, "rules", "print", "standard"], check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def screened(tmp_path_factory, certs):
    """A server shared by the tests of this file; each has agents of its own. Standard rules, but what they would reject
    by its points goes to people: agents that are new, rich and in a hurry are all there is here."""
    place = tmp_path_factory.mktemp("screened")
    text = standard_rules()
    assert "reject: 160 }" in text
    (place / "rules.yaml").write_text(text.replace("reject: 160 }", "reject: 30000 }"))
    server = Server(place / "data", certs, rules=place / "rules.yaml").start()
    yield server
    assert server.stop() == 0, server.log


@pytest.fixture
def staff(screened):
    """Clients by certificate name, opened as they are asked for."""
    clients: dict[str, Client] = {}

    def client(name: str) -> Client:
        if name not in clients:
            clients[name] = screened.client(name)
        return clients[name]

    yield client
    for opened in clients.values():
        opened.close()


class House:
    """An agent of partner demo with papers, a payee account and money."""

    def __init__(self, staff, amount: str, **standing) -> None:
        self.serial = next(_serials)
        self.person = person(self.serial)
        self.agent = f"agent-{self.serial}"
        self.partner = staff("partner-demo")
        self.partner.create_agent(self.agent)
        found = self.partner.verify_agent(
            self.agent,
            name=self.person.name,
            id_number=self.person.id_number,
            card_number=self.person.card_number,
        )
        assert found.defects == ()
        self.payee = self.partner.payees.create(self.agent, Rail.BANK_CARD, self.person.card_number, self.person.name)
        operator = staff("operator-demo")
        operator.deposit(self.agent, Money.of(amount), partner="demo")
        if standing:
            operator.update_agent(self.agent, partner="demo", reason="test", **standing)

    def submit(self, amount: str, **options):
        return self.partner.submit(self.agent, Money.of(amount), self.payee.id, **options)


def test_without_papers_nothing_is_paid_and_what_is_missing_is_named(staff):
    partner = staff("partner-demo")
    agent = f"agent-{next(_serials)}"
    partner.create_agent(agent)
    staff("operator-demo").deposit(agent, Money.of("500.00"), partner="demo")
    with pytest.raises(NotVerified) as refusal:
        partner.submit(agent, Money.of("100.00"), "pa_00000000000000")
    assert refusal.value.reason == "AGENT_NOT_VERIFIED"
    assert "name" in refusal.value.message
    assert "实名" in refusal.value.localized_message


def test_wrong_papers_are_named_one_by_one(staff):
    partner = staff("partner-demo")
    agent = f"agent-{next(_serials)}"
    partner.create_agent(agent)
    someone = person(next(_serials))
    wrong = someone.id_number[:-1] + ("1" if someone.id_number[-1] != "1" else "2")
    found = partner.verify_agent(agent, name=someone.name, id_number=wrong, card_number=someone.card_number[:-1] + "x")
    assert {defect.element for defect in found.defects} >= {"id_number", "card_number"}
    assert all(defect.message and defect.message_zh for defect in found.defects)
    assert not found.agent.id_number_verified


def test_a_quote_keeps_its_fee_and_only_for_what_it_was_made(staff):
    house = House(staff, "3000.00")
    quote = house.partner.quote(house.agent, Money.of("1000.00"), payee=house.payee.id, speed=Speed.SAME_DAY)
    assert quote.obstacle is None
    assert quote.fee.minor_units > 0
    assert quote.net.minor_units == 100_000 - quote.fee.minor_units
    assert quote.expected_arrival is not None
    assert quote.valid_until is not None
    assert quote.limits.day_amount_left.minor_units > 0
    assert {offer.speed for offer in quote.offers} == {Speed.EXPRESS, Speed.SAME_DAY, Speed.NEXT_DAY}
    with pytest.raises(QuoteMismatch):
        house.submit("999.00", speed=Speed.SAME_DAY, quote=quote.token)
    other = House(staff, "3000.00")
    with pytest.raises(QuoteMismatch):
        other.partner.submit(other.agent, Money.of("1000.00"), other.payee.id, speed=Speed.SAME_DAY, quote=quote.token)
    taken = house.submit("1000.00", speed=Speed.SAME_DAY, quote=quote.token)
    assert taken.fee == quote.fee
    assert taken.speed is Speed.SAME_DAY


def test_points_buy_speed(staff):
    house = House(staff, "3000.00")
    staff("operator-demo").deposit(house.agent, Money(1_000_000, "PTS"), partner="demo")
    before = house.partner.balance(house.agent, currency="PTS").available.minor_units
    quote = house.partner.quote(
        house.agent, Money.of("200.00"), payee=house.payee.id, speed=Speed.EXPRESS, acceleration=Acceleration.POINTS
    )
    assert quote.obstacle is None and quote.points > 0 and quote.fee.minor_units == 0
    taken = house.submit("200.00", speed=Speed.EXPRESS, acceleration=Acceleration.POINTS)
    assert taken.points == quote.points
    assert house.partner.balance(house.agent, currency="PTS").available.minor_units == before - taken.points
    house.partner.cancel(taken.id)
    assert house.partner.balance(house.agent, currency="PTS").available.minor_units == before


def test_limits_are_counted_released_and_said(staff):
    house = House(staff, "50000.00", limits=LimitOverride(payout_maximum=500_000, day_amount=1_000_000))
    first = house.submit("5000.00")
    house.submit("4000.00")
    with pytest.raises(LimitExceeded) as refusal:
        house.submit("2000.00")
    facts = refusal.value.metadata
    assert (facts["bound"], facts["used"], facts["requested"]) == ("1000000", "900000", "200000")
    assert refusal.value.localized_message
    assert house.partner.limits(house.agent).day_amount_left == Money.of("1000.00")
    house.partner.cancel(first.id)
    assert house.partner.limits(house.agent).day_amount_left == Money.of("6000.00")
    with pytest.raises(Refused) as out:
        house.submit("5000.01")
    assert out.value.reason == "AMOUNT_OUT_OF_BOUNDS"


def test_a_frozen_agent_is_paid_nothing(staff):
    house = House(staff, "1000.00", frozen=True)
    with pytest.raises(Refused) as refusal:
        house.submit("100.00")
    assert refusal.value.reason == "AGENT_FROZEN"


def test_a_payee_of_another_agent_is_none_of_yours(staff):
    house, other = House(staff, "1000.00"), House(staff, "1000.00")
    with pytest.raises(Refused) as refusal:
        house.partner.submit(house.agent, Money.of("100.00"), other.payee.id)
    assert refusal.value.reason == "PAYEE_OF_OTHER_AGENT"
    with pytest.raises(NotFound):
        staff("partner-other").payees.get(house.payee.id)


def test_papers_of_another_person_close_the_account_of_the_first(staff):
    house = House(staff, "1000.00")
    other = person(next(_serials))
    found = house.partner.verify_agent(
        house.agent, name=other.name, id_number=other.id_number, card_number=other.card_number
    )
    assert found.defects == ()
    with pytest.raises(Refused) as refusal:
        house.submit("100.00")
    assert refusal.value.reason == "HOLDER_DIFFERS"


def test_a_slip_in_a_later_check_takes_nothing_away(staff):
    house = House(staff, "1000.00")
    found = house.partner.verify_agent(
        house.agent, name=house.person.name, id_number="110101199003070000", card_number=house.person.card_number
    )
    assert found.defects
    assert found.agent.id_number_verified
    assert house.submit("100.00").state in (State.APPROVED, State.PENDING_REVIEW)


@pytest.fixture
def in_review(staff):
    """A house with a withdrawal above 50,000 CNY: two people must look at it."""
    house = House(staff, "200000.00", limits=LimitOverride(payout_maximum=10_000_000, day_amount=20_000_000))
    withdrawal = house.submit("60000.00")
    assert withdrawal.state is State.PENDING_REVIEW, withdrawal
    assert withdrawal.review.approvals_required == 2
    assert withdrawal.risk.verdict is RiskVerdict.REVIEW and withdrawal.risk.reasons
    # The partner is told neither who decides nor what they sign.
    assert withdrawal.review.digest == b""
    return house, withdrawal


def test_two_different_people_approve(staff, in_review):
    _, withdrawal = in_review
    alice, bob = staff("reviewer-alice"), staff("reviewer-bob")
    assert withdrawal.id in {waiting.id for waiting in alice.reviews.queue()}
    seen = alice.get(withdrawal.id)
    first = alice.reviews.approve(seen)
    assert first.state is State.PENDING_REVIEW
    assert [approval.person for approval in first.review.approvals] == ["alice"]
    with pytest.raises(SamePerson):
        alice.reviews.approve(alice.get(withdrawal.id))
    second = bob.reviews.approve(bob.get(withdrawal.id))
    assert second.state is State.APPROVED
    assert withdrawal.id not in {waiting.id for waiting in alice.reviews.queue()}


def test_roles_and_digests(staff, in_review):
    house, withdrawal = in_review
    with pytest.raises(PermissionDenied):
        staff("reader-demo").reviews.approve(staff("reader-demo").get(withdrawal.id))
    alice = staff("reviewer-alice")
    seen = alice.get(withdrawal.id)
    alice.reviews.request_information(withdrawal.id, "whose card is this?")
    another = house.partner.payees.create(house.agent, Rail.ALIPAY, f"1380000{house.serial:04d}", house.person.name)
    amended = house.partner.amend(withdrawal.id, another.id)
    assert amended.payee == another.id and amended.state is State.PENDING_REVIEW
    with pytest.raises(DigestOutdated):
        alice.reviews.approve(seen)
    rejected = alice.reviews.reject(withdrawal.id, "NOT_YOURS")
    assert rejected.state is State.REJECTED
    assert house.partner.get(withdrawal.id).review.rejection_reason == "NOT_YOURS"
    assert house.partner.balance(house.agent).available == Money.of("200000.00")
    assert house.partner.limits(house.agent).day_amount_left == Money.of("200000.00")


def test_compliance_holds_and_lets_go(staff, in_review):
    house, withdrawal = in_review
    erin = staff("compliance-erin")
    held = erin.reviews.hold(withdrawal.id, "ASKED_BY_POLICE")
    assert held.review.on_hold and not held.cancelable
    with pytest.raises(Refused) as refusal:
        house.partner.cancel(withdrawal.id)
    assert refusal.value.reason == "ON_HOLD"
    with pytest.raises(Refused):
        staff("reviewer-alice").reviews.approve(staff("reviewer-alice").get(withdrawal.id))
    erin.reviews.lift_hold(withdrawal.id, "CLEARED")
    assert house.partner.cancel(withdrawal.id).state is State.CANCELLED
    with pytest.raises(Refused) as late:
        staff("reviewer-alice").reviews.approve(held)
    assert late.value.reason == "NOT_IN_REVIEW"


def test_number_and_name_are_shown_to_two_people_of_finance_only(staff, screened):
    house = House(staff, "100.00")
    carol, dave = staff("finance-carol"), staff("finance-dave")
    assert house.payee.masked_number.endswith(house.person.card_number[-4:])
    assert house.person.card_number not in repr(house.payee)
    proposal = carol.proposals.create(Reveal(house.payee.id))
    with pytest.raises(SamePerson):
        carol.proposals.confirm(proposal)
    with pytest.raises(Refused):
        carol.payees.reveal(proposal.id)
    dave.proposals.confirm(dave.proposals.get(proposal.id))
    shown = carol.payees.reveal(proposal.id)
    assert (shown.number, shown.holder_name) == (house.person.card_number, house.person.name)
    kinds = [event.kind for event in staff("auditor-frank").audit.events(kind="PAYEE_REVEALED")]
    assert kinds
    with pytest.raises(PermissionDenied):
        staff("reviewer-alice").payees.reveal(proposal.id)
    assert house.person.card_number not in screened.log and house.person.name not in screened.log


def test_erased_is_erased_also_after_a_restart(tmp_path, certs):
    server = Server(tmp_path / "data", certs, rules="standard").start()
    clients = {name: server.client(name) for name in ("partner-demo", "operator-demo")}
    house = House(lambda name: clients[name], "1000.00")
    house.partner.payees.erase(house.payee.id, "asked by the holder")
    assert server.stop() == 0
    server.start()
    with server.client("partner-demo") as partner:
        with pytest.raises(Refused) as refusal:
            partner.submit(house.agent, Money.of("100.00"), house.payee.id)
        assert refusal.value.reason == "PAYEE_ERASED"
        assert partner.payees.get(house.payee.id).masked_number != house.person.card_number
    assert server.stop() == 0
    # Nothing of the holder is readable on the disk.
    secret, name = house.person.card_number.encode(), house.person.name.encode()
    for path in (tmp_path / "data").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert secret not in content and name not in content, path


def test_an_adjustment_takes_two_and_shows_in_the_entries(staff):
    house = House(staff, "100.00")
    carol, dave = staff("finance-carol"), staff("finance-dave")
    proposal = carol.proposals.create(Adjustment("demo", house.agent, Money.of("-30.00"), "paid twice"))
    assert house.partner.balance(house.agent).available == Money.of("100.00")
    dave.proposals.confirm(proposal)
    assert house.partner.balance(house.agent).available == Money.of("70.00")
    assert next(house.partner.entries(house.agent)).proposal_id == proposal.id
    too_much = carol.proposals.create(Adjustment("demo", house.agent, Money.of("-70.01"), "too much"))
    with pytest.raises(InsufficientFunds):
        dave.proposals.confirm(too_much)


def test_the_black_list_rejects_and_says_so(staff):
    house = House(staff, "1000.00")
    erin = staff("compliance-erin")
    erin.risk.put(NewListEntry(ListSubject.AGENT, ListColour.BLACK, house.agent, "STOLEN_GOODS", partner="demo"))
    rejected = house.submit("100.00")
    assert rejected.state is State.REJECTED
    assert next(reason.code for reason in rejected.risk.reasons) == "AGENT_BLACKLISTED"
    assert house.partner.balance(house.agent).available == Money.of("1000.00")
    assert rejected.id in {entry.id for entry in staff("reader-demo").risk.log()}
    erin.risk.remove(ListSubject.AGENT, ListColour.BLACK, house.agent, "CLEARED", partner="demo")
    assert house.submit("100.00").state in (State.APPROVED, State.PENDING_REVIEW)


def test_lists_travel_to_another_platform(staff):
    erin = staff("compliance-erin")
    entries = [NewListEntry(ListSubject.DEVICE, ListColour.BLACK, f"device-{number}", "FARM") for number in range(5)]
    assert all(not isinstance(result, Exception) for result in erin.risk.import_entries(entries))
    exported = list(erin.risk.export_entries(ListSubject.DEVICE))
    assert {f"device-{number}" for number in range(5)} <= {entry.name for entry in exported}


def test_what_lists_and_outcomes_do_not_take(staff):
    house = House(staff, "1000.00")
    withdrawal = house.submit("100.00")
    erin = staff("compliance-erin")
    with pytest.raises(InvalidArgument, match="slip"):
        erin.risk.put(NewListEntry(ListSubject.PAYEE, ListColour.BLACK, reason="FRAUD", payee_number="nonsense"))
    with pytest.raises(InvalidArgument, match="honest"):
        erin.risk.report_outcome(withdrawal.id, ReviewOutcome.CLEARED, "fine", blacklist=[ListSubject.AGENT])
    with pytest.raises(Refused) as refusal:
        erin.risk.report_outcome(withdrawal.id, ReviewOutcome.FRAUD, "bad", blacklist=[ListSubject.DEVICE])
    assert refusal.value.reason == "ORIGIN_NOT_TOLD"
    with pytest.raises(InvalidArgument, match="WITHDRAWAL_SUBMITTED"):
        list(staff("auditor-frank").audit.events(kind="NONSENSE"))


def test_an_outcome_teaches(staff):
    house = House(staff, "1000.00")
    withdrawal = house.submit("100.00", device="stolen-phone")
    reported = staff("compliance-erin").risk.report_outcome(
        withdrawal.id, ReviewOutcome.STOLEN_CARD, "bank called", blacklist=[ListSubject.DEVICE]
    )
    assert reported.review.outcome is ReviewOutcome.STOLEN_CARD
    assert staff("reader-demo").risk.profile(house.agent, partner="demo").abnormal_outcomes == 1
    other = House(staff, "1000.00", credit_grade=CreditGrade.GOOD)
    assert other.submit("100.00", device="stolen-phone").state is State.REJECTED


def test_everything_is_in_the_audit_and_the_chain_holds(staff, in_review):
    _, withdrawal = in_review
    alice = staff("reviewer-alice")
    alice.reviews.claim(withdrawal.id)
    frank = staff("auditor-frank")
    events = list(frank.audit.events(withdrawal_id=withdrawal.id))
    assert [event.kind for event in events] == ["WITHDRAWAL_SUBMITTED", "REVIEW_ACTED"]
    assert events[0].actor == "partner/demo"
    assert events[1].actor == "staff/reviewer/alice"
    assert all(event.certificate for event in events)
    report = frank.audit.verify_chain()
    assert report.records == report.to_sequence and report.seal
    with pytest.raises(PermissionDenied):
        list(staff("partner-demo").audit.events())


def test_rules_are_reread_and_bad_ones_change_nothing(tmp_path, certs):
    printed = standard_rules()
    rules = tmp_path / "rules.yaml"
    rules.write_text(printed)
    server = Server(tmp_path / "data", certs, rules=rules).start()
    with server.client("operator-demo") as operator:
        first = operator.rules.get()
        rules.write_text(printed + "\nfees_for_nothing: 1\n")
        with pytest.raises(InvalidArgument) as refusal:
            operator.rules.reload()
        assert "fees_for_nothing" in str(refusal.value)
        assert operator.rules.get().digest == first.digest
        rules.write_text(printed.replace(f"version: {first.version}\n", f"version: {first.version + 1}\n", 1))
        assert operator.rules.reload().version == first.version + 1
    server.stop()


def test_a_ledger_takes_no_other_key_store(tmp_path, certs):
    server = Server(tmp_path / "data", certs, rules="standard").start()
    with server.client("partner-demo") as partner, server.client("operator-demo") as operator:
        House({"partner-demo": partner, "operator-demo": operator}.__getitem__, "100.00")
    assert server.stop() == 0
    (tmp_path / "data/keys").rename(tmp_path / "away")
    # Its store is gone (a disk that is not mounted): a new one would find nobody on the lists.
    with pytest.raises(DidNotStart) as missing:
        server.start()
    assert missing.value.code == 78 and "--keys" in missing.value.log
    # Another ledger would take these keys for nobody's.
    other = Server(tmp_path / "other", certs, rules="standard")
    other.data.mkdir()
    (tmp_path / "away").rename(tmp_path / "other/keys")
    (tmp_path / "data/master.key").rename(tmp_path / "other/master.key")
    with pytest.raises(DidNotStart) as foreign:
        other.start()
    assert foreign.value.code == 78 and "another ledger" in foreign.value.log

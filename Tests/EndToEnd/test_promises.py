"""A promise of arrival that was not kept. The payout was submitted when test_alarms.py began, so that nobody waits for
its minute to pass."""

from __future__ import annotations

from scrape import metrics
from settle_client import Money, State
from waiting import until


def test_an_express_payout_that_is_late_is_an_alarm_until_it_is_paid(late):
    id = late.late_payout
    # When this test runs alone the minute begins now.
    late.wait_for_log(f"alarm=SLA_MISSED subject={id}", patience_seconds=120)
    with late.client("operator-demo") as operator, late.client("partner-demo") as partner:
        assert ("SLA_MISSED", id) in {(alarm.code, alarm.subject) for alarm in operator.channels.alarms()}
        assert metrics(late)['settle_alarms{code="SLA_MISSED"}'] == 1
        operator.channels.fund("steady", Money.of("50.00"), "at last")
        until(partner, id, State.PAID, State.CONFIRMED)
        late.wait_for_log(f"alarm over alarm=SLA_MISSED subject={id}")
        assert not any(alarm.code == "SLA_MISSED" for alarm in operator.channels.alarms())

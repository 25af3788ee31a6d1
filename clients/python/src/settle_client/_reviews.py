"""The queue of withdrawals that risk singled out, and what people do with them."""

from __future__ import annotations

from collections.abc import Iterator

from . import types
from ._area import Area, Caller
from ._proto import reviews_pb2, reviews_pb2_grpc
from ._requests import make


class Reviews(Area):
    """Reviews: ``client.reviews``. Reviewers and compliance; holds are compliance's."""

    def __init__(self, channel: object, call: Caller) -> None:
        super().__init__(channel, call)
        self._stub = reviews_pb2_grpc.ReviewServiceStub(channel)

    def queue(
        self,
        *,
        partner: str = "",
        escalated_only: bool = False,
        claimed_by: str = "",
        minimum_minor_units: int = 0,
        page_size: int = 0,
        timeout: float | None = None,
    ) -> Iterator[types.Withdrawal]:
        """Open reviews, oldest first."""
        request = make(
            reviews_pb2.ListReviewQueueRequest,
            partner=partner,
            escalated_only=escalated_only,
            claimed_by=claimed_by,
            minimum_minor_units=minimum_minor_units,
            page_size=page_size,
        )
        return map(types.withdrawal, self._pages(self._stub.ListReviewQueue, request, "withdrawals", timeout))

    def claim(self, id: str, *, request_id: str | None = None, timeout: float | None = None) -> types.Withdrawal:
        """Tells others for a while that you are at it."""
        request = make(reviews_pb2.ClaimReviewRequest, id=id)
        return types.withdrawal(self._change(self._stub.ClaimReview, request, request_id, timeout))

    def release(self, id: str, *, request_id: str | None = None, timeout: float | None = None) -> types.Withdrawal:
        """Gives a claim back."""
        request = make(reviews_pb2.ClaimReviewRequest, id=id)
        return types.withdrawal(self._change(self._stub.ReleaseReview, request, request_id, timeout))

    def approve(
        self, seen: types.Withdrawal, *, request_id: str | None = None, timeout: float | None = None
    ) -> types.Withdrawal:
        """Approves a withdrawal as it was seen. The last approval that is needed decides."""
        if seen.review is None:
            raise ValueError(f"{seen.id} has no review to approve")
        request = make(reviews_pb2.ApproveWithdrawalRequest, id=seen.id, digest=seen.review.digest)
        return types.withdrawal(self._change(self._stub.ApproveWithdrawal, request, request_id, timeout))

    def reject(
        self, id: str, reason: str, *, request_id: str | None = None, timeout: float | None = None
    ) -> types.Withdrawal:
        """Rejects it with a code that the agent may see; the money is released."""
        request = make(reviews_pb2.RejectWithdrawalRequest, id=id, reason=reason)
        return types.withdrawal(self._change(self._stub.RejectWithdrawal, request, request_id, timeout))

    def request_information(
        self, id: str, note: str, *, request_id: str | None = None, timeout: float | None = None
    ) -> types.Withdrawal:
        """Asks the partner something; until it is answered the clock stands and the payee may be amended."""
        request = make(reviews_pb2.RequestInformationRequest, id=id, note=note)
        return types.withdrawal(self._change(self._stub.RequestInformation, request, request_id, timeout))

    def escalate(
        self, id: str, reason: str, *, request_id: str | None = None, timeout: float | None = None
    ) -> types.Withdrawal:
        """From here on compliance must be among the approvers."""
        request = make(reviews_pb2.EscalateReviewRequest, id=id, reason=reason)
        return types.withdrawal(self._change(self._stub.EscalateReview, request, request_id, timeout))

    def hold(
        self, id: str, reason: str, *, request_id: str | None = None, timeout: float | None = None
    ) -> types.Withdrawal:
        """Stops a withdrawal that is not final. Compliance."""
        request = make(reviews_pb2.PlaceHoldRequest, id=id, reason=reason)
        return types.withdrawal(self._change(self._stub.PlaceHold, request, request_id, timeout))

    def lift_hold(
        self, id: str, reason: str, *, request_id: str | None = None, timeout: float | None = None
    ) -> types.Withdrawal:
        """Lets a held withdrawal go on. Compliance."""
        request = make(reviews_pb2.LiftHoldRequest, id=id, reason=reason)
        return types.withdrawal(self._change(self._stub.LiftHold, request, request_id, timeout))

"""ZenMux's account endpoints without HTTP: the sandbox's figures, changed at will."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

from zenmux_bot.errors import RequestRefused, Unreachable
from zenmux_bot.zenmux.models import Answer
from zenmux_bot.zenmux.requests import OWN_PATHS
from zenmux_demo.sandbox import account
from zenmux_demo.sandbox.answers import Refusal, encode
from zenmux_demo.sandbox.own import own

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
BILLED = "metered,fallbackMetered"


class OwnApi:
    """Answers own requests as the sandbox does, and nothing else.

    What is asked of ``/usage`` and ``/cost`` is kept in ``asked``.

    Args:
        now: What its clock shows.
        change: Changes the data of ``/usage`` and ``/cost``.
        balance: USD of credits.
        plan: Changes the plan.
    """

    def __init__(self, now=NOON, *, change=None, balance=None, plan=None) -> None:
        self.instant, self.change, self.asked = now, change, []
        self.balance, self.plan = balance, plan

    def now(self) -> datetime:
        return self.instant

    async def fetch(self, request, *, patience=None):
        if request.path in OWN_PATHS:
            self.asked.append(request)
        try:
            data = json.loads(encode(self._answer(request)), parse_float=Decimal)
            if self.change is not None and request.path in OWN_PATHS:
                data = self.change(request, data)
        except Refusal as refusal:
            raise RequestRefused(str(refusal), status=refusal.status) from None
        model = request.model.model_validate(data)
        return Answer(data=model, limit=None, fetched_at=self.instant)

    def _answer(self, request):
        match request.path:
            case path if path in OWN_PATHS:
                return own(path, request.params(), self.instant)
            case "/payg/balance" if self.balance is not None:
                return {"total_credits": self.balance}
            case "/payg/balance":
                return account.balance()
            case "/subscription/detail":
                return account.subscription(self.instant) | (self.plan or {})
        raise Unreachable("not here")

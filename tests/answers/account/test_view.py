"""The account and one request, from what ZenMux says of them."""

from decimal import Decimal

import pytest
from answer_worlds import AS_OF, fixture
from asked import recorded

from zenmux_bot.answers.account.view import Credits, Flow, Quota, build_account
from zenmux_bot.answers.generation.view import Bill, Tokens, build_generation
from zenmux_bot.zenmux.models import Balance, FlowRate, Generation, Subscription


def account(subscription=None, rate=None, balance=None):
    return build_account(
        subscription, rate, balance, missing={}, as_of=AS_OF, stale=False
    )


def request(**changes):
    body = recorded("generation") | changes
    record = Generation.model_validate(body)
    return build_generation(record, command="generation x", as_of=AS_OF, stale=False)


def test_account_view__account_is_put_together_from_its_parts():
    view = account(
        Subscription.model_validate(fixture("subscription_detail_monitored")),
        FlowRate.model_validate(fixture("flow_rate")),
        Balance.model_validate(fixture("payg_balance_overdue")),
    )

    assert (view.status, view.plan.tier) == ("monitored", "max")
    assert [each.name for each in view.quotas] == ["5 hours", "7 days", "month"]
    assert [each.is_nearly_used for each in view.quotas] == [True, True, False]
    # what is said of the rate alone goes before what the plan says of it
    rate = Decimal("0.03283")
    assert view.flow == Flow(base_usd=rate, effective_usd=rate)
    assert view.credits == Credits(
        total=Decimal("-1.27"), top_up=Decimal("-1.27"), bonus=Decimal(0)
    )


def test_account_view__plan_says_what_a_flow_is_worth_where_nothing_else_does():
    view = account(
        Subscription.model_validate(fixture("subscription_detail_monitored"))
    )

    assert view.flow.effective_usd == Decimal("0.04104")


def test_account_view__what_could_not_be_had_is_not_there():
    view = account()

    assert (view.status, view.plan, view.quotas) == ("", None, ())
    assert (view.flow, view.credits) == (None, None)


def test_account_view__account_without_a_plan_has_windows_of_which_nothing_is_known():
    view = account(Subscription.model_validate({"account_status": "healthy"}))

    assert view.plan is None
    assert view.quotas == tuple(Quota(name=n) for n in ("5 hours", "7 days", "month"))


def test_account_view__request_with_its_bill():
    view = request()

    assert view.tokens == Tokens(
        prompt=Decimal(1376),
        cached=Decimal(0),
        completion=Decimal(410),
        reasoning=Decimal(0),
        total=Decimal(1786),
    )
    assert view.bill.billed == Decimal("0.010278")
    assert [each.name for each in view.bill.items] == ["prompt", "completion"]


@pytest.mark.parametrize(
    ("changes", "bill"),
    [
        ({"ratingResponses": None}, Bill(billed=Decimal("0.010278"))),
        ({"ratingResponses": None, "usage": None}, None),
        ({"ratingResponses": {}}, Bill(billed=Decimal("0.010278"))),
        ({"ratingResponses": {"billAmount": 0}}, Bill(billed=Decimal(0))),
    ],
)
def test_account_view__what_is_not_billed_yet_is_not_free(changes, bill):
    assert request(**changes).bill == bill


def test_account_view__tokens_that_were_not_counted_are_not_zero():
    assert request(nativeTokens=None).tokens is None
    tokens = request(nativeTokens={"total_tokens": 5}).tokens
    assert (tokens.total, tokens.cached, tokens.reasoning) == (Decimal(5), None, None)

from decimal import Decimal
from fractions import Fraction

from answer_worlds import board, recorded_board
from hypothesis import given
from hypothesis import strategies as st

from zenmux_bot.answers.leaderboard.view import rates_of


def test_leaderboard_rates__rate_is_cost_by_a_million_tokens():
    rates = rates_of(board({"a": 2_000_000}), board({"a": 5}))

    assert rates.models == {"a": Decimal("2.5")}
    assert rates.platform == Decimal("2.5")


def test_leaderboard_rates__unknown_where_either_is_unknown():
    tokens = board({"a": 10, "b": None, "c": 0, "d": 5}, others=100)
    cost = board({"a": None, "b": 1, "c": 1, "e": 5}, others=100)

    rates = rates_of(tokens, cost)

    assert rates.models == {}
    assert rates.platform is None


def test_leaderboard_rates__free_model_costs_nothing():
    assert rates_of(board({"a": 10}), board({"a": 0})).models == {"a": 0}


def test_leaderboard_rates__platform_includes_others():
    rates = rates_of(board({"a": 1}, others=999_999), board({"a": 1}, others=2))

    assert rates.platform == 3
    assert set(rates.models) == {"a"}


def test_leaderboard_rates__recordings_give_the_rates_of_a_naive_program():
    tokens, cost = (
        recorded_board("leaderboard_tokens"),
        recorded_board("leaderboard_cost"),
    )

    rates = rates_of(tokens, cost)

    prices = {each.model: each.value for each in cost.entries}
    for each in tokens.entries[:-1]:
        if each.model in prices:
            expected = Fraction(prices[each.model]) / Fraction(each.value) * 10**6
            assert abs(Fraction(rates.models[each.model]) - expected) < 1e-20 * 10**6
        else:
            assert each.model not in rates.models


@given(
    st.dictionaries(st.sampled_from("abcde"), st.integers(0, 10**15) | st.none()),
    st.dictionaries(st.sampled_from("abcde"), st.integers(0, 10**9) | st.none()),
)
def test_leaderboard_rates__only_models_with_both_figures_have_a_rate(volumes, prices):
    rates = rates_of(board(volumes), board(prices))

    both = {each for each in volumes if volumes[each] and prices.get(each) is not None}
    assert set(rates.models) == both

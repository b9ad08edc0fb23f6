from decimal import Decimal

import pytest
from asked import recorded

from zenmux_bot.answers.performance.view import served_by
from zenmux_bot.core.measures import Measure
from zenmux_bot.zenmux.models import CacheHit, Speed

DAYS = {"starting_at": "2026-06-15", "ending_at": "2026-06-21"}


def speed(*models):
    """Return a body from each model's hosts and their figures."""
    entries = [
        {
            "rank": rank,
            "model": f"x/{rank}",
            "providers": [
                {"provider": host, "value": value} for host, value in hosts.items()
            ],
        }
        for rank, hosts in enumerate(models, start=1)
    ]
    return Speed.model_validate({"metric": "ttft", **DAYS, "entries": entries})


def cache(**hosts):
    """Return a body of one model from its hosts' APIs: (hits, cached, prompts)."""
    providers = {
        host: {
            "provider_label": host.upper(),
            "apis": [
                {"api": api, "value": hits, "cache_tokens": c, "prompt_tokens": p}
                for api, (hits, c, p) in apis.items()
            ],
        }
        for host, apis in hosts.items()
    }
    entry = {"rank": 1, "model": "x/1", "label": "One", "providers": providers}
    return CacheHit.model_validate({"metric": "cache_hit", **DAYS, "entries": [entry]})


@pytest.mark.parametrize(
    ("measure", "order"),
    [(Measure.THROUGHPUT, ["b", "a", "c"]), (Measure.TTFT, ["a", "b", "c"])],
)
def test_performance_view__hosts_stand_best_first_and_those_without_a_figure_last(
    measure, order
):
    [model] = served_by(speed({"c": None, "a": 3, "b": 9}), measure)

    assert [door.host for door in model.hosts] == order
    assert model.combined is None


def test_performance_view__models_keep_the_order_of_the_api():
    models = served_by(speed({"a": 1}, {"a": 99}), Measure.THROUGHPUT)

    assert [model.rank for model in models] == [1, 2]


def test_performance_view__model_without_hosts_is_still_there():
    [model] = served_by(speed({}), Measure.TTFT)

    assert (model.label, model.hosts) == ("x/1", ())


def test_performance_view__hit_rates_combine_by_their_tokens_and_not_by_their_mean():
    body = cache(a={"m": (Decimal("0.9"), 900, 1000)}, b={"n": (0, 0, 9000)})

    [model] = served_by(body, Measure.CACHE)

    assert model.combined == Decimal("0.09")
    assert [(door.host, door.api) for door in model.hosts] == [("a", "m"), ("b", "n")]


@pytest.mark.parametrize("tokens", [(None, 10), (1, None), (0, 0)])
def test_performance_view__without_their_tokens_hit_rates_do_not_combine(tokens):
    [model] = served_by(cache(a={"m": (Decimal("0.5"), *tokens)}), Measure.CACHE)

    assert model.combined is None


@pytest.mark.parametrize("name", ["throughput", "ttft"])
def test_performance_view__recorded_hosts_are_all_there(name):
    data = recorded(f"performance_{name}")

    models = served_by(Speed.model_validate(data), Measure(name))

    for model, entry in zip(models, data["entries"], strict=True):
        assert {(each.host, each.value) for each in model.hosts} == {
            (each["provider"], each["value"]) for each in entry["providers"]
        }


def test_performance_view__recorded_cache_hits_are_those_of_a_naive_program():
    data = recorded("performance_cache_hit")

    models = served_by(CacheHit.model_validate(data), Measure.CACHE)

    for model, entry in zip(models, data["entries"], strict=True):
        apis = [api for host in entry["providers"].values() for api in host["apis"]]
        assert len(model.hosts) == len(apis)
        assert model.hosts[0].value == entry["top_provider"]["value"]
        cached = sum(each["cache_tokens"] for each in apis)
        prompts = sum(each["prompt_tokens"] for each in apis)
        assert model.combined == Decimal(cached) / prompts

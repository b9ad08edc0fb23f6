from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from zenmux_bot.core import zones


def test_zones__every_name_is_a_zone():
    assert all(ZoneInfo(name) for name in zones.names())


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("europe/berlin", ("Europe/Berlin",)),
        ("berlin", ("Europe/Berlin",)),
        ("new york", ("America/New_York",)),
        ("new_york", ("America/New_York",)),
        ("york", ("America/New_York",)),
        ("utc", ("UTC",)),
        ("istanbul", ("Asia/Istanbul", "Europe/Istanbul")),
        ("etc/gmt+5", ("Etc/GMT+5",)),
        ("gmt+5", ()),
        ("est", ()),
        ("nowhere", ()),
        ("", ()),
    ],
)
def test_zones__zone_is_found_by_name_city_or_a_word_of_it(words, found):
    assert zones.find(words) == found


@pytest.mark.parametrize("code", ["est", "cet", "gmt", "ist", "pst"])
def test_zones__letter_codes_are_never_taken_for_zones_but_explained(code):
    assert zones.find(code) == ()
    assert all(zones.is_known(name) for name in zones.meant_by(code))
    assert zones.meant_by(code)


def test_zones__what_no_code_stands_for_means_nothing():
    assert zones.meant_by("abc") == ()


@pytest.mark.parametrize(
    ("words", "close"),
    [
        ("berlni", "Europe/Berlin"),
        ("new yrok", "America/New_York"),
        ("europe/berln", "Europe/Berlin"),
    ],
)
def test_zones__misspelt_zone_has_neighbours(words, close):
    assert close in zones.near(words)


def test_zones__what_is_like_no_zone_has_no_neighbours():
    assert zones.near("cost") == ()


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Europe/Berlin", True), ("europe/berlin", False), ("EST", False), ("", False)],
)
def test_zones__known_zone_is_spelt_exactly(name, expected):
    assert zones.is_known(name) is expected


def test_zones__search_for_nothing_offers_ones_own_and_common_zones():
    found = zones.search("", "Asia/Kathmandu", limit=100)

    assert found[0] == "Asia/Kathmandu"
    assert "Europe/Berlin" in found
    assert len(found) == len(set(found)) <= 100


def test_zones__search_puts_cities_that_begin_so_first():
    assert zones.search("york", "Europe/Berlin", limit=5) == ("America/New_York",)
    assert zones.search("new y", "Europe/Berlin", limit=1) == ("America/New_York",)
    assert zones.search("ber", "UTC", limit=3)[0] == "Europe/Berlin"


def test_zones__search_gives_no_more_than_a_menu_holds():
    assert len(zones.search("america", "UTC", limit=100)) == 100
    assert zones.search("qqq", "UTC", limit=100) == ()

"""What people call a provider, and what it is called back."""

import pytest
from answer_worlds import HOSTILE, TODAY
from hypothesis import given
from hypothesis import strategies as st
from strategies import names

from zenmux_bot.commands.names import (
    NAMELESS,
    find,
    model,
    near,
    provider,
    providers,
    shown,
    suggest,
)
from zenmux_bot.commands.parser import parse
from zenmux_bot.commands.queries import (
    MAX_NAME,
    LeaderboardQuery,
    ModelQuery,
    ShareQuery,
    WhyQuery,
)
from zenmux_bot.errors import AmbiguousName, BadInput, UnknownName

LABELS = {
    "anthropic": "Anthropic",
    "openai": "OpenAI",
    "x-ai": "xAI",
    "z-ai": "Z.AI",
    "mistral": "Mistral AI",
    "xiaomi": "Xiaomi 小米",
    "ai": "Some Lab",
}


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("anthropic", "anthropic"),
        ("xai", "x-ai"),
        ("z.ai", "z-ai"),
        ("mistral ai", "mistral"),
        ("小米", "xiaomi"),
        ("anth", "anthropic"),
        ("some", "ai"),
        ("ai", "ai"),
        ("claude", "anthropic"),
    ],
)
def test_find__one_match(name, slug):
    assert find(name, LABELS, what="provider") == slug


@pytest.mark.parametrize("name", ["<#c0in|costs>", "<@u0maya|costs>"])
def test_find__a_channel_goes_by_its_name(name):
    with pytest.raises(UnknownName, match=f"called “{name[1]}costs”"):
        find(name, LABELS, what="provider")


def test_find__slug_before_label():
    assert find("nova", {"amazon": "Nova", "nova": "Nova Labs"}, what="x") == "nova"


def test_find__ambiguous():
    with pytest.raises(AmbiguousName) as caught:
        providers(ShareQuery(providers=("i",)), LABELS)

    assert caught.value.problem == "“i” may mean several providers."
    assert len(caught.value.suggestions) == 5
    assert caught.value.suggestions[0] == "share tokens 8w provider anthropic"


def test_find__misspelt():
    with pytest.raises(UnknownName) as caught:
        providers(LeaderboardQuery(providers=("antropic",)), LABELS)

    assert "“antropic”" in caught.value.problem
    assert caught.value.suggestions[0] == "leaderboard tokens 7d provider anthropic"


@pytest.mark.parametrize(
    ("named", "offered"),
    [
        (("qqqqq",), "share tokens 8w"),
        (("qqqqq", "anthropic"), "share tokens 8w provider anthropic"),
        (("&&", "qqqqq", "-rf"), "share tokens 8w"),
    ],
)
def test_providers__nothing_similar(named, offered):
    with pytest.raises(UnknownName) as caught:
        providers(ShareQuery(providers=named), LABELS)

    assert caught.value.suggestions == (offered,)


@given(
    hostile=st.dictionaries(
        st.text(max_size=120) | st.sampled_from([each or "x" for each in HOSTILE]),
        st.text(max_size=20),
        max_size=8,
    ),
    name=names,
)
def test_model__suggestions_parse(hostile, name):
    known = {slug.lower() for slug in hostile}

    for command in offers(name, hostile):
        asked = parse(command, today=TODAY).query

        if isinstance(asked, ModelQuery):
            assert asked.model == name
        else:
            assert set(asked.providers) <= known
            assert all(len(each) <= MAX_NAME for each in asked.providers)


def offers(name, labels):
    """Return what is offered for a name that does not mean one provider."""
    try:
        [slug] = providers(ShareQuery(providers=(name,)), labels)
        assert slug in labels
    except BadInput as error:
        return error.suggestions or pytest.fail("nothing offered")
    return ()


@pytest.mark.parametrize(
    ("label", "line"),
    [
        ("Claude Opus 4.8", "Claude Opus 4.8"),
        ("  a  b ", "a b"),
        ("a\nb\r\n\tc\x00d", "a b c d"),
        ("a\x1b[31mb", "a [31mb"),
        ("a\u2028b\u2029c\u00a0d", "a b c d"),
        ("a\u202eb\u2066c\u200e", "abc"),
        ("<!channel> *b*", "<!channel> *b*"),
        ("نموذج", "نموذج"),
        ("👩‍👧", "👩‍👧"),
        ("小米", "小米"),
    ],
)
def test_shown__one_line(label, line):
    assert shown(label) == line


def test_shown__first_readable():
    assert shown("", " \u200b\n", "slug") == "slug"
    assert shown("\u200d", "") == NAMELESS


@given(st.text())
def test_shown__any_text(label):
    line = shown(label)

    assert line
    assert line == line.strip()
    assert not set(line) & set("\n\r\t\x0b\x0c\x1b\x85\u2028\u2029\u202e")


MODELS = {
    "openai/gpt-5": "GPT-5",
    "openai/gpt-5.4": "GPT-5.4",
    "anthropic/claude-opus-4.8": "Claude Opus 4.8",
    "x/rocket": "🚀 Rocket 👩🏽‍🚀 一号",
}


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("gpt-5", "openai/gpt-5"),
        ("gpt 5.4", "openai/gpt-5.4"),
        ("claudeopus", "anthropic/claude-opus-4.8"),
        ("claude-opus 4.8", "anthropic/claude-opus-4.8"),
        ("👩🏽 🚀", "x/rocket"),
        ("一号", "x/rocket"),
    ],
)
def test_find__ignores_spaces_and_marks(name, slug):
    assert find(name, MODELS, what="model") == slug


def test_model__unknown():
    with pytest.raises(UnknownName) as caught:
        model(ModelQuery(model="gpt-54"), MODELS)
    with pytest.raises(UnknownName) as nothing_near:
        model(ModelQuery(model="qqqqqqqq"), MODELS)

    assert caught.value.suggestions[0] == "model openai/gpt-5.4 tokens 28d"
    assert nothing_near.value.suggestions == ("leaderboard tokens 28d",)


def test_providers__distinct():
    query = ShareQuery(providers=("x-ai", "anthropic", "xai"))

    assert providers(query, LABELS) == ("x-ai", "anthropic")


def test_providers__one_unknown():
    query = ShareQuery(providers=("x-ai", "antropic", "google"))
    with pytest.raises(UnknownName) as caught:
        providers(query, LABELS)

    assert caught.value.suggestions[0] == (
        "share tokens 8w provider x-ai provider anthropic provider google"
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sonet", ("anthropic/claude-sonnet-4.6",)),
        ("devstrall", ("mistral/devstral-3",)),
        ("cluade", ("anthropic/claude-sonnet-4.6", "anthropic/claude-opus-4.8")),
    ],
)
def test_near__misspelt_part(typed, meant):
    labels = {
        "anthropic/claude-sonnet-4.6": "Claude Sonnet 4.6",
        "anthropic/claude-opus-4.8": "Claude Opus 4.8",
        "mistral/devstral-3": "Devstral 3",
    }

    assert near(typed, labels) == meant


@pytest.mark.parametrize(
    ("name", "slug"), [("xai", "x-ai"), ("anthropic", "anthropic")]
)
def test_provider__found(name, slug):
    assert provider(WhyQuery(provider=name), LABELS) == slug


def test_provider__unknown():
    with pytest.raises(UnknownName) as caught:
        provider(WhyQuery(provider="antropic"), LABELS)

    assert caught.value.suggestions[0] == "why tokens 8w provider anthropic"


@pytest.mark.parametrize("name", ["-", "_ -"])
def test_find__only_marks(name):
    with pytest.raises(UnknownName):
        find(name, {"openai": "OpenAI"}, what="provider")


MENU = {
    "anthropic/claude-opus-4.8": "Claude Opus 4.8",
    "openai/gpt-5.4": "GPT-5.4",
    "openai/gpt-5": "GPT-5",
    "baidu/ernie-5.0": "文心大模型 5.0",
    "sample/rocket": "🚀 Rocket 👩🏽‍🚀",
}


def slugs(typed, most=100):
    return [each.slug for each in suggest(typed, MENU, most=most)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", list(MENU)),
        ("cl", ["anthropic/claude-opus-4.8"]),
        ("Opus", ["anthropic/claude-opus-4.8"]),
        ("gpt5", ["openai/gpt-5.4", "openai/gpt-5"]),
        ("gpt 5.4", ["openai/gpt-5.4"]),
        ("openai", ["openai/gpt-5.4", "openai/gpt-5"]),
        ("文心", ["baidu/ernie-5.0"]),
        ("👩🏽", ["sample/rocket"]),
        ("clade opus", ["anthropic/claude-opus-4.8"]),
        ("zzzzzzzz", []),
    ],
)
def test_suggest__matches(typed, expected):
    assert slugs(typed) == expected


def test_suggest__order():
    labels = {"a/1": "xopus", "a/2": "Claude Opus", "a/3": "Opus"}

    found = [each.slug for each in suggest("opus", labels, most=9)]

    assert found == ["a/3", "a/2", "a/1"]


def test_suggest__limit():
    assert len(slugs("", most=2)) == 2


@given(st.text(), st.dictionaries(st.text(), st.text()), st.integers(0, 9))
def test_suggest__any_text(typed, labels, most):
    found = suggest(typed, labels, most=most)

    assert len(found) <= most
    assert all(labels[each.slug] == each.label for each in found)

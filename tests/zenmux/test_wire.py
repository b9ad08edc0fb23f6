from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import FLOOR
from zenmux_bot.errors import (
    ApiError,
    BadAnswer,
    KeyRefused,
    OrganizationKey,
    RateLimited,
    RequestRefused,
    ServerFault,
    Unreachable,
)
from zenmux_bot.zenmux.models import Generation, MarketShare
from zenmux_bot.zenmux.requests import (
    FlowRateRequest,
    GenerationRequest,
    MarketShareRequest,
)
from zenmux_bot.zenmux.wire import clean, parse, retry_delay

NOW = datetime(2026, 6, 25, 9, tzinfo=UTC)
SHARE = MarketShareRequest(
    metric=Metric.TOKENS, width=Granularity.DAY, start=FLOOR, end=FLOOR
)
GENERATION = GenerationRequest(generation_id="gen_1")


def read(body, *, status=200, headers=None, request=SHARE):
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    return parse(request, status, headers or {}, body, now=NOW)


def refusal(body, **kwargs) -> ApiError:
    with pytest.raises(ApiError) as caught:
        read(body, **kwargs)
    return caught.value


def test_wire__every_good_fixture_decodes(good):
    data = parse(good.request, good.status, good.headers, good.body, now=NOW)

    assert isinstance(data, good.request.model)


def test_wire__decoded_answer_survives_being_stored(good):
    data = parse(good.request, good.status, good.headers, good.body, now=NOW)

    stored = data.model_dump_json(by_alias=True)

    assert good.request.model.model_validate_json(stored) == data


EXPECTED = {
    "error_400_invalid_params.json": (
        RequestRefused,
        "invalid_params",
        "Parameter metric is required",
    ),
    "error_400_range.json": (RequestRefused, "invalid_params", None),
    "error_401.json": (KeyRefused, "unauthorized", "Authorization header is missing"),
    "error_403_access_denied.json": (
        KeyRefused,
        "access_denied",
        "You have no permission to access this resource",
    ),
    "error_403_request_id.json": (
        KeyRefused,
        "access_denied",
        "You have no permission to access this resource (request_id:0f3a9c)",
    ),
    "error_422_rate_limit.json": (RateLimited, "rate_limit", "Rate limit exceeded"),
    "error_422_success_false.json": (RateLimited, "", "Rate limit exceeded"),
    "error_429_rate_limit.json": (RateLimited, "rate_limit", "Rate limit exceeded"),
    "error_500_internal.json": (
        ServerFault,
        "internal_server_error",
        "Internal server error",
    ),
    "error_502.html": (ServerFault, "", "Bad Gateway"),
    "error_524.html": (ServerFault, "", "The platform took too long"),
    "error_plain_string.json": (KeyRefused, "", "invalid management key"),
    "error_truncated.json": (BadAnswer, "", "It isn't JSON, or was cut off"),
    "error_403_own_organization.json": (
        OrganizationKey,
        "access_denied",
        "Organization keys are not supported",
    ),
    "error_429_own.json": (RateLimited, "rate_limit", "Too many requests"),
    "success_false_error_object.json": (
        BadAnswer,
        "",
        "statistics temporarily unavailable",
    ),
    "success_false_message.json": (BadAnswer, "", "statistics temporarily unavailable"),
    "success_true_null_data.json": (BadAnswer, "", "The answer holds no data"),
}


def test_wire__every_bad_fixture_is_its_typed_error(bad):
    kind, type_, message = EXPECTED[bad.name]

    with pytest.raises(ApiError) as caught:
        parse(bad.request, bad.status, bad.headers, bad.body, now=NOW)

    error = caught.value
    assert type(error) is kind
    assert error.type == type_
    assert message is None or error.message == message
    assert error.status == bad.status
    assert error.path == bad.request.path
    assert error.request_id == bad.headers.get("X-ZenMux-RequestId")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, RequestRefused),
        (307, RequestRefused),
        (400, RequestRefused),
        (401, KeyRefused),
        (402, RequestRefused),
        (403, KeyRefused),
        (404, RequestRefused),
        (422, RateLimited),
        (429, RateLimited),
        (500, ServerFault),
        (503, ServerFault),
        (520, ServerFault),
        (599, ServerFault),
    ],
)
def test_wire__status_line_decides_and_not_the_code_in_the_body(status, kind):
    body = {"success": True, "error": {"code": "200", "type": "fine"}}

    error = refusal(body, status=status)

    assert type(error) is kind
    assert error.status == status
    assert error.message


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"<html></html>",
        b'{"success": true, "data": {"metric"',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"success": true, "data": {"value": NaN}}',
        b'{"success": true, "data": {"value": 1e99999999999999999999}}',
        b'{"success": true, "data": ' + b"9" * 5000 + b"}",
    ],
)
def test_wire__unreadable_body_is_a_bad_answer(body):
    error = refusal(body)

    assert type(error) is BadAnswer
    assert error.message == "It isn't JSON, or was cut off"
    assert not error.said_no


@pytest.mark.parametrize(
    ("body", "said_no", "message"),
    [
        ({"success": False}, True, "The answer says that it failed"),
        ({"success": False, "message": "later"}, True, "later"),
        ({"success": False, "error": "later"}, True, "later"),
        ({"success": False, "error": {"message": "later"}}, True, "later"),
        ({"success": False, "error": {}, "message": "later"}, True, "later"),
        ({"error": "later"}, True, "later"),
        ({"success": True, "data": []}, False, "The answer holds no data"),
        ({"success": "true", "data": {}}, False, "The answer holds no data"),
        ({"data": {}}, False, "The answer holds no data"),
        ([], False, "The answer is not an object"),
        ("text", False, "The answer is not an object"),
    ],
)
def test_wire__success_needs_success_and_data(body, said_no, message):
    error = refusal(body)

    assert type(error) is BadAnswer
    assert error.said_no is said_no
    assert error.message == message
    assert error.status == 200


def test_wire__wrong_shape_names_the_place_and_not_the_value():
    bucket = {"date": "2026-06-24", "authors": [{"author": "a", "value": "<secret>"}]}
    body = {
        "success": True,
        "data": {
            "metric": "tokens",
            "bucket_width": "1d",
            "starting_at": "2026-06-24",
            "ending_at": "2026-06-24",
            "series": [bucket],
        },
    }

    error = refusal(body)

    assert type(error) is BadAnswer
    assert "series.0.authors.0.value is not a number" in error.message
    assert "<secret>" not in error.message


def shares(*buckets, **changes):
    data = {
        "metric": "tokens",
        "bucket_width": "1d",
        "starting_at": "2026-06-24",
        "ending_at": "2026-06-24",
        "series": buckets,
    }
    return {"success": True, "data": data | changes}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"metric": "cost"}, "The answer has metric cost, not tokens"),
        ({"bucket_width": "1w"}, "The answer has bucket_width 1w, not 1d"),
        ({"metric": "sk-mg-v1-secret"}, "The answer has metric sk-…, not tokens"),
    ],
)
def test_wire__answer_to_another_question_is_refused(changes, message):
    error = refusal(shares(**changes))

    assert type(error) is BadAnswer
    assert (error.message, error.off_topic) == (message, True)
    assert error.status == 200


def test_wire__dates_may_come_back_snapped():
    assert read(shares(starting_at="2026-06-22")).starting_at.day == 22


def test_wire__whoever_is_listed_twice_is_not_added_up_nor_dropped():
    one = {"author": "a", "value": 1}
    day = {"date": "2026-06-24", "authors": [one]}
    twice = {"date": "2026-06-24", "authors": [one, one]}

    assert read(shares(day)).series[0].authors[0].value == 1
    for body, where in (
        (shares(twice), "series.0.authors is not a list with each author once"),
        (shares(day, day), "series is not a list with each date once"),
    ):
        assert refusal(body).message == f"The answer has an unexpected shape: {where}"


def test_wire__figures_are_exact_decimals(samples):
    sample = samples["timeseries_daily_cost.json"]

    data = parse(sample.request, 200, {}, sample.body, now=NOW)

    assert str(data.series[-1].models[0].value) == "15163.64284455"


def test_wire__abridged_example_is_taken_as_it_is(samples):
    sample = samples["market_share_seed.json"]

    data = parse(sample.request, 200, {}, sample.body, now=NOW)

    assert isinstance(data, MarketShare)
    assert (data.total_buckets, len(data.series)) == (16, 1)


def test_wire__generation_may_come_in_an_envelope_and_with_another_spelling():
    bare = {"generationId": "g", "model": "m", "createdAt": "2026-06-24T06:00:00Z"}

    for body in (bare, {"success": True, "data": bare}):
        data = read(body, request=GENERATION)
        assert isinstance(data, Generation)
        assert data.created_at == datetime(2026, 6, 24, 6, tzinfo=UTC)
        assert data.usage is None


@pytest.mark.parametrize("body", [{}, {"success": True, "data": None}])
def test_wire__generation_without_its_fields_is_a_bad_answer(body):
    assert type(refusal(body, request=GENERATION)) is BadAnswer


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "60"}, 60),
        ({"retry-after": " 7 "}, 7),
        ({"Retry-After": "0"}, 1),
        ({"Retry-After": "999999"}, 3600),
        ({"Retry-After": "99999999999999"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "1.5"}, None),
        ({"Retry-After": "Thu, 25 Jun 2026 09:02:00 GMT"}, 120),
        ({"Retry-After": "Thu, 25 Jun 2026 09:02:00 -0000"}, 120),
        ({"Retry-After": "Thu, 25 Jun 2026 08:00:00 GMT"}, 1),
        ({"Retry-After": "Thu, 99 Jun 2026 08:00:00 GMT"}, None),
        (
            {
                "Retry-After": "Mon, 01 Jun 2026 00:00:30 GMT",
                "Date": "Mon, 01 Jun 2026 00:00:00 GMT",
            },
            30,
        ),
    ],
)
def test_wire__retry_after_is_seconds_or_a_date_within_bounds(headers, seconds):
    error = refusal({}, status=429, headers=headers)

    expected = None if seconds is None else timedelta(seconds=seconds)
    assert error.retry_after == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("  two\r\n\tlines\x00\x1b[31m ", "two lines [31m"),
        ("right\u202eleft", "right left"),
        ("bad key sk-mg-v1-0123456789abcdef!", "bad key sk-…!"),
        ("\ud800", ""),
        ("x" * 301, "x" * 299 + "…"),
        ("x" * 300, "x" * 300),
    ],
)
def test_wire__messages_are_cleaned(text, expected):
    assert clean(text) == expected


@given(st.text())
def test_wire__cleaned_text_is_one_short_printable_line(text):
    cleaned = clean(text)

    assert len(cleaned) <= 300
    assert cleaned == clean(cleaned)
    assert cleaned.encode("utf-8").decode().isprintable()


def second(*parts):
    return [None if part is None else timedelta(seconds=part) for part in parts]


@pytest.mark.parametrize(
    ("error", "delays"),
    [
        (Unreachable("x"), second(1, 2, 4, None)),
        (ServerFault("x", status=502), second(1, 2, 4, None)),
        (BadAnswer("x"), second(1, 2, 4, None)),
        (BadAnswer("x", said_no=True), second(1, None, None, None)),
        (BadAnswer("x", off_topic=True), [None] * 4),
        (
            ServerFault("x", retry_after=timedelta(seconds=3)),
            second(3, 3, 4, None),
        ),
        (ServerFault("x", retry_after=timedelta(seconds=31)), [None] * 4),
        (RateLimited("x", retry_after=timedelta(seconds=3)), [None] * 4),
        (KeyRefused("x"), [None] * 4),
        (RequestRefused("x"), [None] * 4),
    ],
)
def test_wire__retry_plan(error, delays):
    assert [retry_delay(error, attempt, 0) for attempt in (1, 2, 3, 4)] == delays


def test_wire__jitter_lengthens_a_wait_by_a_quarter_at_most():
    assert retry_delay(Unreachable("x"), 3, 1) == timedelta(seconds=5)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["2026-06-24", "1e9", "__others__"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "success",
                    "data",
                    "error",
                    "message",
                    "metric",
                    "series",
                    "date",
                    "authors",
                    "author",
                    "value",
                    "starting_at",
                    "ending_at",
                    "bucket_width",
                    "entries",
                    "currency",
                    "type",
                    "base_usd_per_flow",
                    "effective_usd_per_flow",
                ]
            ),
            inner,
            max_size=8,
        )
    ),
    max_leaves=20,
)


@given(
    body=st.binary() | json_values.map(lambda value: json.dumps(value).encode()),
    status=st.integers(200, 599),
    request_=st.sampled_from([SHARE, GENERATION, FlowRateRequest()]),
    headers=st.dictionaries(
        st.sampled_from(["Retry-After", "Date", "X-ZenMux-RequestId"]), st.text()
    ),
)
def test_wire__any_answer_is_a_model_or_a_typed_error(body, status, request_, headers):
    outcome: object
    try:
        outcome = parse(request_, status, headers, body, now=NOW)
    except ApiError as error:
        outcome = error

    if isinstance(outcome, ApiError):
        assert (outcome.path, outcome.status) == (request_.path, status)
        assert str(outcome).isprintable()
    else:
        assert isinstance(outcome, request_.model)


def test_wire__numeric_string_is_read_and_null_is_unknown():
    data = read(
        {
            "success": True,
            "data": {"base_usd_per_flow": "0.03283", "effective_usd_per_flow": None},
        },
        request=FlowRateRequest(),
    )

    assert data.base_usd_per_flow == Decimal("0.03283")
    assert data.effective_usd_per_flow is None

"""All errors that the bot expects.

::

    BotError
    ├── BadInput                 the asker can fix it; says what is wrong and what works
    │   ├── NotUnderstood        a sentence that matches no command
    │   ├── UnknownName          no provider or model of that name
    │   └── AmbiguousName        several providers or models of that name
    ├── NotAllowed               only others may; says who
    ├── TooMuch                  too many questions; says how long to wait
    ├── NoData                   the API has nothing for those days
    │   └── NotYet               the data are late
    ├── ConfigError              a setting is missing or malformed
    ├── ApiError                 ZenMux did not give an answer
    │   ├── KeyRefused           401, 403: the key needs an administrator
    │   │   └── OrganizationKey  403 for usage and cost: an organization's key
    │   ├── RateLimited          422, 429: the endpoint cools down
    │   ├── RequestRefused       3xx, 400, 402, 404: asking again will not help
    │   ├── Unreachable          network fault, time-out
    │   ├── ServerFault          5xx
    │   └── BadAnswer            an answer that cannot be read or says "no"
    └── SlackFault               Slack did not take a message
        ├── Refused              for good, until a person acts
        ├── PayloadRefused       the blocks, not the post
        ├── Throttled            429
        └── Ambiguous            it may or may not have been posted
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


class BotError(Exception):
    """The base of all errors that become replies."""


class BadInput(BotError):
    """The asker's words are not a valid request.

    Attributes:
        problem: What is wrong, one sentence in plain text.
        allowed: What works instead, one sentence, or empty.
        suggestions: Whole commands without the slash, the nearest first.
    """

    def __init__(
        self, problem: str, *, allowed: str = "", suggestions: tuple[str, ...] = ()
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.allowed = allowed
        self.suggestions = suggestions


class NotUnderstood(BadInput):
    """A sentence that matches no command."""


class UnknownName(BadInput):
    """No provider or model has that name."""


class AmbiguousName(BadInput):
    """Several providers or models have that name; the suggestions name them."""


class NotAllowed(BotError):
    """The asker may not do this; the message says who may, "Only …" as a title.

    Attributes:
        ask: A whole command without the slash that asks for permission, or empty.
        of_admins: Administrators may, and can be asked.
    """

    def __init__(self, message: str, *, ask: str = "", of_admins: bool = False) -> None:
        super().__init__(message)
        self.ask = ask
        self.of_admins = of_admins


class TooMuch(BotError):
    """A person or a channel has asked too many questions.

    Attributes:
        who: Who has to wait, in words for the asker.
        retry_after: How long.
    """

    def __init__(self, who: str, retry_after: timedelta) -> None:
        super().__init__(f"{who}: {retry_after.total_seconds():.0f} s")
        self.who = who
        self.retry_after = retry_after


class NoData(BotError):
    """The API has no data for what was asked; the message says for which days."""


class NotYet(NoData):
    """The days are over, but the API has no data for them yet."""


class ConfigError(BotError):
    """A setting is missing or malformed; the message names it and its shape."""


@dataclass(eq=False)
class ApiError(BotError):
    """ZenMux did not give an answer.

    Attributes:
        message: What the API said, cleaned and cut, or a phrase for the status.
        status: HTTP status, or None if no answer came.
        type: The API's error type (an open set), or empty.
        request_id: ``X-ZenMux-RequestId`` of the answer, or None.
        retry_after: How long to wait before asking again, if the API said so.
        path: The path below the base URL.
    """

    message: str
    status: int | None = None
    type: str = ""
    request_id: str | None = None
    retry_after: timedelta | None = None
    path: str = ""

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        status = f" (HTTP {self.status})" if self.status else ""
        return f"{where}{self.message}{status}"


class KeyRefused(ApiError):
    """401 or 403: the key is wrong, missing, expired or of the wrong kind."""


class OrganizationKey(KeyRefused):
    """403 for usage or cost: ZenMux gives them to keys of personal accounts only."""


class RateLimited(ApiError):
    """422 or 429: the endpoint cools down; ``retry_after`` says for how long."""


class RequestRefused(ApiError):
    """3xx, 400, 402, 404: the same request will be refused again."""


class Unreachable(ApiError):
    """No answer came: connection fault or time-out."""


class ServerFault(ApiError):
    """5xx: the platform or a gateway in front of it failed."""


@dataclass(eq=False)
class BadAnswer(ApiError):
    """2xx that cannot be used: HTML, cut off, too large, wrong shape or "no".

    Attributes:
        said_no: The body was well-formed and said ``success: false``.
        off_topic: The body was well-formed, but answers another question.
    """

    said_no: bool = False
    off_topic: bool = False


class SlackFault(BotError):
    """Slack did not take a message.

    Attributes:
        code: Slack's error code, such as ``is_archived``.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class Refused(SlackFault):
    """Slack refuses this until a person acts."""


class PayloadRefused(SlackFault):
    """Slack refused the blocks; a simpler form may be accepted."""


class Throttled(SlackFault):
    """HTTP 429.

    Attributes:
        retry_after: How long this workspace must not call this method.
    """

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after


class Ambiguous(SlackFault):
    """The reply was lost: the message may or may not have been posted."""

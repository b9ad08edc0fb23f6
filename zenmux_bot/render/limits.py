"""Slack's limits, each under the page that states it.

Lengths are characters, sizes are bytes, the others are counts.
"""

from __future__ import annotations

# https://docs.slack.dev/block-kit
BLOCKS_PER_MESSAGE = 50
BLOCKS_PER_VIEW = 100

# https://docs.slack.dev/reference/block-kit/blocks/section-block
BLOCK_ID = 255
SECTION_TEXT = 3000
SECTION_FIELDS = 10
SECTION_FIELD_TEXT = 2000

# https://docs.slack.dev/reference/block-kit/blocks/header-block
HEADER_TEXT = 150
HEADER_LEVELS = 4

# https://docs.slack.dev/reference/block-kit/blocks/context-block
CONTEXT_ELEMENTS = 10
CONTEXT_TEXT = 3000

# https://docs.slack.dev/reference/block-kit/blocks/actions-block
ACTIONS_ELEMENTS = 25

# https://docs.slack.dev/reference/block-kit/blocks/image-block
IMAGE_ALT_TEXT = 2000
IMAGE_TITLE = 2000
IMAGE_URL = 3000

# https://docs.slack.dev/reference/block-kit/blocks/input-block
INPUT_LABEL = 2000
INPUT_HINT = 2000

# https://docs.slack.dev/reference/block-kit/blocks/markdown-block
MARKDOWN_TEXT_PER_MESSAGE = 12_000

# https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
RICH_TEXT_INDENT = 8

# https://docs.slack.dev/reference/block-kit/blocks/table-block
TABLE_ROWS = 100
TABLE_COLUMNS = 20
TABLE_CHARACTERS = 10_000
TABLES_PER_MESSAGE = 1

# https://docs.slack.dev/reference/block-kit/blocks/data-table-block
DATA_TABLE_MIN_ROWS = 2
DATA_TABLE_ROWS = 201
DATA_TABLE_COLUMNS = 20
DATA_TABLE_CHARACTERS = 20_000
DATA_TABLE_PAGE_SIZE = 100

# https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
CHARTS_PER_MESSAGE = 2
CHART_TITLE = 50
CHART_SERIES = 12
CHART_SERIES_NAME = 20
CHART_POINTS = 20
CHART_LABEL = 20
CHART_AXIS_LABEL = 50
CHART_SEGMENTS = 12

CHART_COLOURS = 4
"""Not documented, but a fifth line would look like the first."""

# https://docs.slack.dev/reference/block-kit/blocks/container-block
CONTAINER_CHILDREN = 10
CONTAINER_TITLE = 150
CONTAINER_SUBTITLE = 150

# https://docs.slack.dev/reference/block-kit/block-elements/button-element
ACTION_ID = 255
BUTTON_TEXT = 75
BUTTON_VALUE = 2000
BUTTON_URL = 3000
ACCESSIBILITY_LABEL = 75

# https://docs.slack.dev/reference/block-kit/composition-objects/option-object
OPTION_TEXT = 75
OPTION_VALUE = 150
OPTION_DESCRIPTION = 75
OPTION_URL = 3000

# https://docs.slack.dev/reference/block-kit/composition-objects/option-group-object
OPTION_GROUPS = 100
OPTION_GROUP_LABEL = 75

# https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element
SELECT_OPTIONS = 100
PLACEHOLDER = 150

# https://docs.slack.dev/reference/block-kit/block-elements/overflow-menu-element
OVERFLOW_OPTIONS = 5

# https://docs.slack.dev/reference/block-kit/block-elements/radio-button-group-element
# https://docs.slack.dev/reference/block-kit/block-elements/checkboxes-element
CHOICE_OPTIONS = 10

# https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
PLAIN_TEXT_INPUT = 3000

# https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object
CONFIRM_TITLE = 100
CONFIRM_TEXT = 300
CONFIRM_BUTTON = 30

# https://docs.slack.dev/reference/views
VIEW_TITLE = 24
VIEW_SUBMIT = 24
VIEW_CLOSE = 24
PRIVATE_METADATA = 3000
CALLBACK_ID = 255
EXTERNAL_ID = 255

# https://docs.slack.dev/reference/methods/views.publish
VIEW_BYTES = 250_000

# https://docs.slack.dev/reference/methods/views.push
MODAL_STACK = 3

# https://docs.slack.dev/reference/methods/chat.postMessage
MESSAGE_TEXT_ADVISED = 4000
MESSAGE_TEXT = 40_000
MARKDOWN_TEXT_ARGUMENT = 12_000
ATTACHMENTS = 100

# https://docs.slack.dev/reference/methods/chat.update
UPDATE_TEXT = 4000

# https://docs.slack.dev/reference/methods/views.open
TRIGGER_SECONDS = 3

# https://docs.slack.dev/interactivity/handling-user-interaction
RESPONSE_URL_POSTS = 5
RESPONSE_URL_MINUTES = 30

# https://docs.slack.dev/interactivity/implementing-slash-commands
ACKNOWLEDGE_SECONDS = 3

# https://docs.slack.dev/apis/events-api/using-socket-mode
SOCKET_CONNECTIONS = 10


ELLIPSIS = "…"


def cut(text: str, size: int) -> str:
    """Return ``text`` in at most ``size`` characters, with ``…`` where it was cut."""
    return text if len(text) <= size else text[: max(size - 1, 0)].rstrip() + ELLIPSIS

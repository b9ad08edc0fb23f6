/**
 * Renders the `table` block with its column settings.
 * https://docs.slack.dev/reference/block-kit/blocks/table-block
 */

import { h } from "../dom.js";
import { cellContent } from "./cells.js";

/** A plain table; it scrolls inside itself. */
export function table(block, ctx) {
  const [head, ...body] = block.rows;
  const settings = block.column_settings ?? [];
  const cell = (tag, props) => (content, column) =>
    h(tag, { ...props, class: cellClass(settings[column]) }, cellContent(content, ctx));
  return h(
    "div",
    { class: "table-scroll", tabindex: "0", role: "group", "aria-label": "Table" },
    h(
      "table",
      { class: "block-table" },
      h("thead", {}, h("tr", {}, head.map(cell("th", { scope: "col" })))),
      h("tbody", {}, body.map((row) => h("tr", {}, row.map(cell("td", {}))))),
    ),
  );
}

function cellClass(setting) {
  return `align-${setting?.align ?? "left"}${setting?.is_wrapped ? " wrapped" : ""}`;
}

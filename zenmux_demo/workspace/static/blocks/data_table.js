/**
 * Renders the `data_table` block: sorting, paging and search in the page, as Slack's client does.
 * https://docs.slack.dev/reference/block-kit/blocks/data-table-block
 */

import { iconButton } from "../buttons.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { cellContent, cellText, isNumeric } from "./cells.js";

const DEFAULT_PAGE_SIZE = 5;
const NEXT_ORDER = { none: "ascending", ascending: "descending", descending: "none" };

/** A table that its reader can sort, search and page through. */
export function dataTable(block, ctx) {
  const [head, ...rows] = block.rows;
  const numeric = head.map((_, column) => isNumeric(rows, column));
  const pageSize = block.page_size ?? DEFAULT_PAGE_SIZE;
  const headerColumn = block.row_header_column_index ?? 0;
  const view = { column: 0, order: "none", needle: "", page: 0 };

  const body = h("tbody");
  const range = h("span", { class: "range", role: "status" });
  const previous = pageButton("Previous page", "back", () => turn(-1));
  const next = pageButton("Next page", "", () => turn(1));
  const pager = h("div", { class: "pager" }, range, previous, next);
  const headers = head.map((cell, column) => headerCell(cell, column));

  function headerCell(cell, column) {
    return h(
      "th",
      { scope: "col", "aria-sort": "none", class: numeric[column] ? "align-right" : "align-left" },
      h(
        "button",
        { type: "button", class: "sort", dataset: { key: `${block.block_id}/sort-${column}` }, onclick: () => sortBy(column) },
        h("span", {}, cellText(cell, ctx)),
        h("span", { class: "sort-mark", "aria-hidden": "true" }),
      ),
    );
  }

  function sortBy(column) {
    view.order = view.column === column ? NEXT_ORDER[view.order] : "ascending";
    view.column = column;
    view.page = 0;
    draw();
  }

  function turn(step) {
    view.page += step;
    draw();
  }

  function draw() {
    const found = arrange(rows, view, numeric, ctx);
    const first = view.page * pageSize;
    const shown = found.slice(first, first + pageSize);
    headers.forEach((th, column) => th.setAttribute("aria-sort", column === view.column ? view.order : "none"));
    body.replaceChildren(...shown.map((row) => h("tr", {}, row.map(bodyCell))), ...(shown.length ? [] : [nothing()]));
    range.textContent = found.length ? `${first + 1}–${first + shown.length} of ${found.length}` : "0 rows";
    previous.disabled = view.page === 0;
    next.disabled = first + pageSize >= found.length;
    previous.hidden = next.hidden = found.length <= pageSize;
  }

  function bodyCell(cell, column) {
    const align = numeric[column] || cell?.type === "raw_number" ? "align-right" : "align-left";
    const isHeader = column === headerColumn;
    return h(isHeader ? "th" : "td", { scope: isHeader ? "row" : null, class: align }, cellContent(cell, ctx));
  }

  function nothing() {
    return h("tr", {}, h("td", { colspan: head.length, class: "nothing" }, "No rows match."));
  }

  const search = h("input", {
    type: "search",
    placeholder: "Search",
    "aria-label": `Search in ${block.caption}`,
    oninput: () => {
      view.needle = search.value.trim().toLowerCase();
      view.page = 0;
      draw();
    },
  });
  draw();
  return h(
    "div",
    { class: "data-table" },
    h(
      "div",
      { class: "data-table-bar" },
      h("div", { class: "caption", "aria-hidden": "true" }, block.caption),
      h("label", { class: "search" }, icon("search"), search),
    ),
    h(
      "div",
      { class: "table-scroll", tabindex: "0", role: "group", "aria-label": `Table: ${block.caption}` },
      h(
        "table",
        { class: "block-table" },
        h("caption", { class: "visually-hidden" }, block.caption),
        h("thead", {}, h("tr", {}, headers)),
        body,
      ),
    ),
    pager,
  );
}

/** Return the rows that match, in the chosen order. */
function arrange(rows, view, numeric, ctx) {
  const found = rows.filter((row) => row.some((cell) => cellText(cell, ctx).toLowerCase().includes(view.needle)));
  if (view.order === "none") return found;
  const { column } = view;
  const compare = numeric[column]
    ? (a, b) => a[column].value - b[column].value
    : (a, b) => cellText(a[column], ctx).localeCompare(cellText(b[column], ctx));
  return found.sort(view.order === "ascending" ? compare : (a, b) => compare(b, a));
}

function pageButton(label, className, onclick) {
  return iconButton("chevron", label, { className, onclick });
}

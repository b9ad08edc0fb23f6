/** Renders the cells that `table` and `data_table` share. */

import { richText, richTextWords } from "./rich_text.js";

/** Return what a cell shows. */
export function cellContent(cell, ctx) {
  if (cell?.type === "rich_text") return richText(cell, ctx);
  return cellText(cell, ctx);
}

/** Return the words of a cell, for sorting and searching. */
export function cellText(cell, ctx) {
  if (!cell) return "";
  if (cell.type === "rich_text") return richTextWords(cell, ctx.directory);
  return cell.text ?? String(cell.value ?? "");
}

/** Tell whether every body cell of a column is a number. */
export function isNumeric(rows, column) {
  return rows.length > 0 && rows.every((row) => row[column]?.type === "raw_number");
}

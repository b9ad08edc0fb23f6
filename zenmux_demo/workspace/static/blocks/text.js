/** Renders header, section, context and divider. */

import { h } from "../dom.js";
import { textNodes } from "../mrkdwn.js";
import { renderElement } from "./elements.js";
import { picture } from "./image.js";

/** A header; levels 1 to 4 stand below the page's own headings. */
export function header(block, ctx) {
  const level = block.level ?? 1;
  return h(`h${Math.min(level + 2, 6)}`, { class: `block-header level-${level}` }, textNodes(block.text, ctx.directory));
}

/** Text or fields, with an accessory beside them. */
export function section(block, ctx) {
  const text = block.text && h("div", { class: "text" }, textNodes(block.text, ctx.directory));
  const fields =
    block.fields &&
    h("div", { class: "fields" }, block.fields.map((field) => h("div", { class: "text" }, textNodes(field, ctx.directory))));
  const name = { "aria-label": block.text?.text };
  const accessory =
    block.accessory &&
    h("div", { class: "accessory" }, renderElement(block.accessory, block, ctx, { dispatches: true, name }));
  return h("div", { class: "block-section" }, h("div", { class: "section-body" }, text, fields), accessory);
}

/** Small print: images and texts in a row. */
export function context(block, ctx) {
  return h(
    "div",
    { class: "block-context" },
    block.elements.map((element) =>
      element.type === "image"
        ? picture(element, "context-image")
        : h("span", { class: "text" }, textNodes(element, ctx.directory)),
    ),
  );
}

/** A rule. */
export function divider() {
  return h("hr", { class: "block-divider" });
}

/** A row of interactive elements. */
export function actions(block, ctx) {
  return h(
    "div",
    { class: "block-actions" },
    block.elements.map((element) => renderElement(element, block, ctx, { dispatches: true })),
  );
}

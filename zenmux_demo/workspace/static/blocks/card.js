/**
 * Renders cards and carousels of cards.
 * https://docs.slack.dev/reference/block-kit/blocks/card-block
 */

import { h } from "../dom.js";
import { textNodes } from "../mrkdwn.js";
import { renderElement } from "./elements.js";
import { picture } from "./image.js";

/** One card. */
export function card(block, ctx) {
  return draw(block, block, ctx);
}

/** Cards side by side. */
export function carousel(block, ctx) {
  return h(
    "div",
    { class: "block-carousel", tabindex: "0", role: "group", "aria-label": `${block.elements.length} cards` },
    block.elements.map((element) => draw(element, block, ctx)),
  );
}

/** `owner` is the block whose id the card's buttons report. */
function draw(block, owner, ctx) {
  const line = (name) => block[name] && h("div", { class: `card-${name}` }, textNodes(block[name], ctx.directory));
  return h(
    "div",
    { class: "block-card" },
    block.hero_image && picture(block.hero_image, "card-hero"),
    h(
      "div",
      { class: "card-head" },
      block.icon && picture(block.icon, "card-icon"),
      h("div", {}, line("title"), line("subtitle")),
    ),
    line("body"),
    line("subtext"),
    block.actions &&
      h(
        "div",
        { class: "block-actions" },
        block.actions.map((element) => renderElement(element, owner, ctx, { dispatches: true })),
      ),
  );
}

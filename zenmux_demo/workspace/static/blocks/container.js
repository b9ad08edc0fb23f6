/**
 * Renders the `container` block, which may fold.
 * https://docs.slack.dev/reference/block-kit/blocks/container-block
 */

import { h, uniqueId } from "../dom.js";
import { icon } from "../icons.js";
import { textNodes } from "../mrkdwn.js";
import { picture } from "./image.js";
import { richText } from "./rich_text.js";

/** A titled box of blocks. */
export function container(block, ctx, renderBlocks) {
  const body = h("div", { class: "container-body", id: uniqueId("container") }, renderBlocks(block.child_blocks, ctx));
  const title = block.rich_text_title ? richText(block.rich_text_title, ctx) : textNodes(block.title, ctx.directory);
  const heading = [
    block.icon && picture(block.icon, "container-icon"),
    h(
      "span",
      { class: "container-titles" },
      h("span", { class: "container-title" }, title),
      block.subtitle && h("span", { class: "container-subtitle" }, textNodes(block.subtitle, ctx.directory)),
    ),
  ];
  const root = h("div", { class: `block-container width-${block.width ?? "standard"}` });
  if (block.is_collapsible) root.append(foldButton(heading, body, Boolean(block.default_collapsed), block.block_id));
  else root.append(h("div", { class: `container-head${block.has_header_divider ? " ruled" : ""}` }, heading));
  root.append(body);
  return root;
}

function foldButton(heading, body, collapsed, blockId) {
  body.hidden = collapsed;
  const button = h(
    "button",
    {
      type: "button",
      class: "container-head",
      "aria-expanded": String(!collapsed),
      "aria-controls": body.id,
      dataset: { key: `${blockId}/fold` },
      onclick: () => {
        body.hidden = !body.hidden;
        button.setAttribute("aria-expanded", String(!body.hidden));
      },
    },
    icon("chevron"),
    heading,
  );
  return button;
}

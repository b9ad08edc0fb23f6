/**
 * Renders the tree of a rich_text block.
 * https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
 */

import { h } from "../dom.js";
import { emoji } from "../emoji.js";
import { dateNode, link, mention } from "../mrkdwn.js";

const STYLE_TAGS = { bold: "strong", italic: "em", strike: "s", underline: "u", code: "code", highlight: "mark" };
const MARKERS = { bullet: ["disc", "circle", "square"], ordered: ["decimal", "lower-alpha", "lower-roman"] };

const LEAVES = {
  text: (leaf) => leaf.text.split("\n").flatMap((line, index) => (index ? [h("br"), line] : [line])),
  link: (leaf) => [link(leaf.url, leaf.text || leaf.url)],
  emoji: (leaf) => [leaf.unicode ? fromUnicode(leaf.unicode) : emoji(leaf.name)],
  user: (leaf, directory) => [mention("user", leaf.user_id, "", directory)],
  channel: (leaf, directory) => [mention("channel", leaf.channel_id, "", directory)],
  usergroup: (leaf, directory) => [mention("group", leaf.usergroup_id, "", directory)],
  broadcast: (leaf, directory) => [mention("broadcast", leaf.range, "", directory)],
  date: (leaf, directory) => [dateNode(leaf.timestamp, leaf.format, leaf.fallback ?? "", leaf.url, directory)],
  color: (leaf) => [swatch(leaf.value)],
};

const GROUPS = {
  rich_text_section: (group, directory) => h("div", { class: "text" }, leaves(group, directory)),
  rich_text_quote: (group, directory) => h("blockquote", {}, leaves(group, directory)),
  rich_text_preformatted: (group) => h("pre", {}, group.elements.map((leaf) => (leaf.type === "link" ? LEAVES.link(leaf) : leaf.text))),
  rich_text_list: list,
};

/** A rich_text block, or a rich_text cell of a table. */
export function richText(block, ctx) {
  return h(
    "div",
    { class: "block-rich-text" },
    block.elements.map((group) => GROUPS[group.type]?.(group, ctx.directory) ?? unknown(group.type)),
  );
}

/** Return the words of a rich_text tree, for sorting and searching. */
export function richTextWords(node, directory) {
  if (node.elements) return node.elements.map((child) => richTextWords(child, directory)).join(" ");
  return node.text ?? node.url ?? LEAVES[node.type]?.(node, directory).map((part) => part.textContent ?? part).join("") ?? "";
}

function leaves(group, directory) {
  return group.elements.flatMap((leaf) => {
    const nodes = LEAVES[leaf.type]?.(leaf, directory) ?? [unknown(leaf.type)];
    const tags = Object.keys(leaf.style ?? {}).filter((style) => leaf.style[style] && STYLE_TAGS[style]);
    return tags.reduce((inner, style) => [h(STYLE_TAGS[style], {}, inner)], nodes);
  });
}

function list(group, directory) {
  const indent = group.indent ?? 0;
  const node = h(
    group.style === "ordered" ? "ol" : "ul",
    { class: "rich-list", start: group.style === "ordered" && group.offset ? group.offset + 1 : null },
    group.elements.map((item) => h("li", {}, leaves(item, directory))),
  );
  node.style.setProperty("--indent", indent);
  node.style.listStyleType = (MARKERS[group.style] ?? MARKERS.bullet)[indent % 3];
  node.classList.toggle("bordered", Boolean(group.border));
  return node;
}

function fromUnicode(codes) {
  return String.fromCodePoint(...codes.split("-").map((code) => Number.parseInt(code, 16)));
}

function swatch(value) {
  const dot = h("span", { class: "swatch" });
  dot.style.backgroundColor = value;
  return h("span", {}, dot, value);
}

function unknown(type) {
  return h("span", { class: "placeholder" }, `[${type}]`);
}

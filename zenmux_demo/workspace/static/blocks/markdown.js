/**
 * Renders the `markdown` block: the common parts of standard Markdown.
 * https://docs.slack.dev/reference/block-kit/blocks/markdown-block
 */

import { h } from "../dom.js";
import { link } from "../mrkdwn.js";

const LIST_ITEM = /^(\s*)([-*+]|\d+[.)])\s+(\[[ xX]\]\s+)?(.*)$/;
const OTHER_BLOCK = /^(#{1,6}\s|>|\s*```)/;
const TABLE_RULE = /^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$/;
const INLINE = /`([^`]+)`|!?\[([^\]]*)\]\((\S+?)\)|\*\*(.+?)\*\*|__(.+?)__|~~(.+?)~~|\*(\S[^*]*)\*|(?<!\w)_(\S[^_]*)_(?!\w)|<(https?:[^<>\s]+)>/g;

/** A markdown block. */
export function markdown(block) {
  return h("div", { class: "block-markdown" }, parse(block.text.split("\n")));
}

function parse(source) {
  const nodes = [];
  let at = 0;
  const takeWhile = (test) => {
    const start = at;
    while (at < source.length && test(source[at])) at += 1;
    return source.slice(start, at);
  };
  while (at < source.length) {
    const line = source[at];
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    if (!line.trim()) at += 1;
    else if (/^\s*```/.test(line)) {
      at += 1;
      nodes.push(h("pre", {}, takeWhile((text) => !/^\s*```/.test(text)).join("\n")));
      at += 1;
    } else if (heading) {
      at += 1;
      const level = heading[1].length;
      nodes.push(h(`h${Math.min(level + 2, 6)}`, { class: `block-header level-${level}` }, inline(heading[2])));
    } else if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) {
      at += 1;
      nodes.push(h("hr", { class: "block-divider" }));
    } else if (line.startsWith(">")) {
      const quoted = takeWhile((text) => text.startsWith(">")).map((text) => text.replace(/^> ?/, ""));
      nodes.push(h("blockquote", {}, parse(quoted)));
    } else if (LIST_ITEM.test(line)) nodes.push(list(takeWhile((text) => LIST_ITEM.test(text))));
    else if (line.includes("|") && TABLE_RULE.test(source[at + 1] ?? "")) {
      nodes.push(table(takeWhile((text) => text.includes("|"))));
    } else {
      at += 1;
      const paragraph = [line, ...takeWhile((text) => text.trim() && !OTHER_BLOCK.test(text) && !LIST_ITEM.test(text))];
      nodes.push(h("p", {}, paragraph.flatMap((text, index) => (index ? [h("br"), ...inline(text)] : inline(text)))));
    }
  }
  return nodes;
}

function list(items) {
  const parsed = items.map((item) => LIST_ITEM.exec(item));
  const indent = parsed[0][1].length;
  const root = h(/\d/.test(parsed[0][2]) ? "ol" : "ul");
  for (let at = 0; at < parsed.length; ) {
    const [, , , task, text] = parsed[at];
    const done = task && /x/i.test(task);
    const mark = task && h("span", { class: "task", role: "img", "aria-label": done ? "done" : "open" }, done ? "☑ " : "☐ ");
    const node = h("li", { class: task ? "task-item" : null }, mark, inline(text));
    const start = (at += 1);
    while (at < parsed.length && parsed[at][1].length > indent) at += 1;
    if (at > start) node.append(list(items.slice(start, at)));
    root.append(node);
  }
  return root;
}

function table(source) {
  const cells = (line) => line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());
  const [head, rule, ...body] = source.map(cells);
  const align = rule.map((mark) => (/^:-+:$/.test(mark) ? "center" : mark.endsWith(":") ? "right" : "left"));
  const row = (tag, props) => (line) =>
    h("tr", {}, line.map((cell, column) => h(tag, { ...props, class: `align-${align[column] ?? "left"}` }, inline(cell))));
  return h(
    "div",
    { class: "table-scroll", tabindex: "0", role: "group", "aria-label": "Table" },
    h("table", { class: "block-table" }, h("thead", {}, row("th", { scope: "col" })(head)), h("tbody", {}, body.map(row("td", {})))),
  );
}

function inline(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, code, label, url, bold, bold2, strike, italic, italic2, bare] = match;
    nodes.push(text.slice(end, match.index));
    if (code !== undefined) nodes.push(h("code", {}, code));
    else if (url !== undefined) nodes.push(link(url, label || url));
    else if (bold ?? bold2) nodes.push(h("strong", {}, inline(bold ?? bold2)));
    else if (strike !== undefined) nodes.push(h("s", {}, inline(strike)));
    else if (italic ?? italic2) nodes.push(h("em", {}, inline(italic ?? italic2)));
    else nodes.push(link(bare));
    end = match.index + whole.length;
  }
  return [...nodes, text.slice(end)];
}

/**
 * Reads Slack's mrkdwn into nodes: escapes, links, mentions, dates and styles.
 * https://docs.slack.dev/messaging/formatting-message-text
 */

import { formatDate } from "./dates.js";
import { h } from "./dom.js";
import { emoji, withEmoji } from "./emoji.js";

const SAFE_LINK = /^(https?:|mailto:)/i;
const STYLES = { "*": "strong", _: "em", "~": "s" };
const INLINE = /`([^`\n]+)`|<([^<>\n]+)>|(?<![\p{L}\p{N}])([*_~])(?=\S)((?:(?!\3)[^\n])*[^\s])\3(?![\p{L}\p{N}])|:([a-z0-9_+-]+):|\bhttps?:\/\/[^\s<>]*[^\s<>.,;:!?)\]}'"]/gu;

/** Return the nodes of a text object, `{type: "mrkdwn" | "plain_text", text}`. */
export function textNodes(object, directory) {
  if (!object) return [];
  return object.type === "mrkdwn" ? mrkdwn(object.text, directory) : plain(object.text, object.emoji !== false);
}

/** Return the nodes of plain text: emoji codes are the only thing it knows. */
export function plain(text, withCodes = true) {
  return lines(withCodes ? withEmoji(text) : text, (line) => [line]);
}

/** Return the nodes of a mrkdwn text. */
export function mrkdwn(text, directory) {
  return text.split(/```([\s\S]+?)```/).flatMap((part, index) =>
    index % 2 ? [h("pre", {}, unescape(part.replace(/^\n|\n$/g, "")))] : quotes(part, directory),
  );
}

/** Return a link, or its text alone when the address could run something. */
export function link(url, ...children) {
  const shown = children.length ? children : [url];
  if (!SAFE_LINK.test(url)) return h("span", {}, shown);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, shown);
}

/** Return the mention of a person, a channel or a group. */
export function mention(kind, id, label, directory) {
  const names = {
    user: () => `@${directory.knowsUser(id) ? directory.userName(id) : label || id}`,
    channel: () => `#${directory.knowsChannel(id) ? directory.channelName(id) : label || id}`,
    group: () => label || `@${id}`,
    broadcast: () => `@${id}`,
  };
  return h("span", { class: `mention mention-${kind}` }, names[kind]());
}

/** Return a date in the viewer's zone, or its fallback. */
export function dateNode(timestamp, format, fallback, url, directory) {
  const shown = formatDate(timestamp, format, { zone: directory.zone, now: directory.now() });
  if (shown === null) return h("span", {}, fallback);
  const time = h("time", { datetime: new Date(timestamp * 1000).toISOString(), title: `${fallback}` }, shown);
  return url ? link(url, time) : time;
}

function quotes(text, directory) {
  const nodes = [];
  let plainLines = [];
  let quoted = [];
  const flush = () => {
    if (quoted.length) nodes.push(h("blockquote", {}, lines(quoted.join("\n"), (line) => inline(line, directory))));
    if (plainLines.length) nodes.push(...lines(plainLines.join("\n"), (line) => inline(line, directory)));
    plainLines = [];
    quoted = [];
  };
  for (const line of text.split("\n")) {
    const body = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (Boolean(body) !== quoted.length > 0) flush();
    if (body) quoted.push(body[1]);
    else plainLines.push(line);
  }
  flush();
  return nodes;
}

function lines(text, render) {
  return text.split("\n").flatMap((line, index) => (index ? [h("br"), ...render(line)] : render(line)));
}

function inline(text, directory) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    nodes.push(unescape(text.slice(end, match.index)));
    const [whole, code, angle, mark, styled, name] = match;
    if (code !== undefined) nodes.push(h("code", {}, unescape(code)));
    else if (angle !== undefined) nodes.push(bracket(angle, directory));
    else if (mark !== undefined) nodes.push(h(STYLES[mark], {}, inline(styled, directory)));
    else if (name !== undefined) nodes.push(emoji(name));
    else nodes.push(link(unescape(whole)));
    end = match.index + whole.length;
  }
  nodes.push(unescape(text.slice(end)));
  return nodes;
}

function bracket(body, directory) {
  const [head, ...rest] = body.split("|");
  const label = unescape(rest.join("|"));
  const date = /^!date\^(-?\d+)\^([^^]+)(?:\^(.+))?$/.exec(head);
  if (date) return dateNode(Number(date[1]), unescape(date[2]), label, date[3], directory);
  const group = /^!subteam\^(\w+)$/.exec(head);
  if (group) return mention("group", group[1], label, directory);
  if (head.startsWith("@")) return mention("user", head.slice(1), label, directory);
  if (head.startsWith("#")) return mention("channel", head.slice(1), label, directory);
  if (head.startsWith("!")) return mention("broadcast", head.slice(1), label, directory);
  return label ? link(unescape(head), label) : link(unescape(head));
}

function unescape(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

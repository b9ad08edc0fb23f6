/** Shows messages in order and keeps them as they are edited, replaced and deleted. */

import { avatar } from "./avatar.js";
import { createBlocks } from "./blocks/index.js";
import { iconButton, menuButton } from "./buttons.js";
import { clockTime, dayName, fullTime, instantOf } from "./dates.js";
import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { icon } from "./icons.js";
import { arrange as arrangeNodes, morph } from "./morph.js";
import { mrkdwn } from "./mrkdwn.js";

const NEAR_END_PX = 120;

/**
 * Return a timeline: `root`, `show(messages, seen)`, `put(message)`, `remove(ts)`, `follow()` to its end, and `redate()`
 * for when the clock was moved.
 *
 * `contextOf(message)` gives the context of its blocks; `openThread(ts)` and `openMore(message, button)`
 * answer its buttons. What is newer than `seen` is marked as new.
 */
export function createTimeline({ label, empty, directory, contextOf, openThread = null, openMore }) {
  const entries = new Map();
  const log = h("div", { class: "log", role: "log", "aria-label": label, "aria-live": "polite", tabindex: "0", onscroll: onScroll });
  const jump = h("button", { type: "button", class: "jump", hidden: true, onclick: showNews }, "New messages", icon("down"));
  const root = h("div", { class: "log-frame" }, log, jump);
  const nothing = h("p", { class: "empty" }, empty);
  const newMark = h("div", { class: "new-mark", role: "separator", "aria-label": "New messages" }, h("span", {}, "New"));
  let firstNew = null;

  function show(messages, seen = null) {
    entries.clear();
    for (const message of messages) entries.set(message.ts, build(message));
    firstNew = seen === null ? null : (messages.find((message) => isNew(message) && Number(message.ts) > Number(seen))?.ts ?? null);
    arrange();
    if (firstNew) return newMark.scrollIntoView({ block: "center" });
    follow();
    // What does not fit is read from its beginning.
    const last = log.lastElementChild;
    if (last.offsetHeight > log.clientHeight) last.scrollIntoView();
  }

  function put(message) {
    const follows = isAtEnd() || message.user === directory.me.id;
    const known = entries.get(message.ts);
    if (known) {
      update(known, message);
    } else {
      entries.set(message.ts, build(message));
      if (!follows && isNew(message)) firstNew ??= message.ts;
      arrange();
      jump.hidden = follows;
    }
    if (follows) follow();
  }

  function isNew(message) {
    return message.user !== directory.me.id;
  }

  function isAtEnd() {
    return log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END_PX;
  }

  function onScroll() {
    if (isAtEnd()) jump.hidden = true;
  }

  function follow() {
    log.scrollTop = log.scrollHeight;
  }

  function showNews() {
    jump.hidden = true;
    if (newMark.isConnected) newMark.scrollIntoView();
    else follow();
  }

  function remove(ts) {
    const known = entries.get(ts);
    if (!known) return;
    const hadFocus = known.node.contains(document.activeElement);
    entries.delete(ts);
    arrange();
    if (hadFocus) log.focus();
  }

  /** Put what is missing in its place; nodes that stay are not touched, so nothing is read twice. */
  function arrange() {
    const wanted = [];
    let day = "";
    for (const ts of [...entries.keys()].sort((a, b) => Number(a) - Number(b))) {
      const name = dayName(instantOf(ts), directory.zone, directory.now());
      if (name !== day) wanted.push(divider(name));
      day = name;
      if (ts === firstNew) wanted.push(newMark);
      wanted.push(entries.get(ts).node);
    }
    arrangeNodes(log, wanted.length ? wanted : [nothing]);
  }

  function divider(name) {
    const known = log.querySelector(`.day[data-day="${CSS.escape(name)}"]`);
    return known ?? h("div", { class: "day", dataset: { day: name } }, h("span", {}, name));
  }

  function build(message) {
    const blocks = createBlocks(contextOf(message));
    const body = h("div", { class: "message-body" });
    const node = h("article", { tabindex: "-1", dataset: { ts: message.ts } });
    const above = h("div", {});
    const below = h("div", {});
    const tools = h("div", { class: "message-tools" });
    const side = h("div", { class: "message-side" }, avatar(message.username, { isBot: message.is_bot }));
    node.append(side, h("div", { class: "message-main" }, above, body, below), tools);
    const entry = { message, node, blocks, body, above, below, tools };
    draw(entry);
    return entry;
  }

  function update(entry, message) {
    entry.message = message;
    draw(entry);
  }

  /** Draw what differs: the rest keeps its elements, with the sorting and paging that a reader chose. */
  function draw(entry) {
    const { message, node, blocks, body } = entry;
    const when = instantOf(message.ts);
    node.setAttribute("aria-label", `${message.username}, ${clockTime(when, directory.zone)}`);
    node.className = message.ephemeral ? "message ephemeral" : "message";
    morph(entry.above, h("div", {}, head(message, when)));
    if (message.blocks.length) {
      blocks.show(message.blocks);
      arrangeNodes(body, [blocks.root]);
    } else {
      const text = h("div", { class: "blocks text" }, mrkdwn(message.text, directory));
      if (!body.firstChild?.isEqualNode(text)) arrangeNodes(body, [text]);
    }
    morph(entry.below, h("div", {}, foot(message)));
    morph(entry.tools, h("div", { class: "message-tools" }, tools(entry)));
  }

  function head(message, when) {
    return [
      message.ephemeral && h("div", { class: "only-you" }, icon("eye"), "Only visible to you"),
      h(
        "div",
        { class: "message-head" },
        h("span", { class: "author" }, message.username),
        message.is_bot && h("span", { class: "badge" }, "APP"),
        h("time", { datetime: when.toISOString(), title: fullTime(when, directory.zone) }, clockTime(when, directory.zone)),
      ),
    ];
  }

  function foot(message) {
    return [
      message.edited && h("span", { class: "edited" }, "(edited)"),
      message.files.map(fileChip),
      reactions(message, directory),
      openThread && message.reply_count > 0 && replies(message),
    ];
  }

  function replies(message) {
    const words = message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`;
    const props = { type: "button", class: "replies", dataset: { key: "replies" } };
    return h("button", { ...props, onclick: () => openThread(message.ts) }, icon("thread"), words);
  }

  function tools(entry) {
    const more = menuButton("more", "More message actions", {
      dataset: { key: "more" },
      open: (button) => openMore(entry.message, button),
    });
    const { ts, ephemeral } = entry.message;
    const open = { dataset: { key: "reply" }, onclick: () => openThread(ts) };
    return [openThread && !ephemeral && iconButton("thread", "Reply in thread", open), more];
  }

  return { root, show, put, remove, follow, redate: arrange };
}

function fileChip(file) {
  return h(
    "a",
    { class: "file", href: `/ui/file/${encodeURIComponent(file.id)}`, download: file.name },
    icon("file"),
    h(
      "span",
      { class: "file-names" },
      h("span", { class: "file-title" }, file.title || file.name),
      h("span", { class: "file-size" }, `${file.name} · ${bytes(file.size)}`),
    ),
    icon("download"),
  );
}

function bytes(size) {
  return size < 1024 ? `${size} B` : `${(size / 1024).toFixed(1)} kB`;
}

function reactions(message, directory) {
  if (!message.reactions.length) return null;
  return h(
    "div",
    { class: "reactions" },
    message.reactions.map(({ name, users }) =>
      h(
        "span",
        { class: "reaction", role: "img", "aria-label": `${name}: ${users.map(directory.userName).join(", ")}` },
        `${emoji(name)} ${users.length}`,
      ),
    ),
  );
}

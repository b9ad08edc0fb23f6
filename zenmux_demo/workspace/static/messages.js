/** Shows messages in order and keeps them as they are edited, replaced and deleted. */

import { avatar } from "./avatar.js";
import { renderBlocks } from "./blocks/index.js";
import { iconButton, menuButton } from "./buttons.js";
import { clockTime, dayName, fullTime, instantOf } from "./dates.js";
import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { keepFocus } from "./focus.js";
import { icon } from "./icons.js";
import { mrkdwn } from "./mrkdwn.js";

const NEAR_END_PX = 120;

/**
 * Return a timeline: `root`, `show(messages)`, `put(message)`, `remove(ts)`, `redate()` for when the clock was moved.
 *
 * `contextOf(message)` gives the context of its blocks; `openThread(ts)` and `openMore(message, button)`
 * answer its buttons.
 */
export function createTimeline({ label, empty, directory, contextOf, openThread = null, openMore }) {
  const entries = new Map();
  const log = h("div", { class: "log", role: "log", "aria-label": label, "aria-live": "polite", tabindex: "0" });

  function show(messages) {
    entries.clear();
    for (const message of messages) entries.set(message.ts, build(message));
    arrange();
    log.scrollTop = log.scrollHeight;
  }

  function put(message) {
    const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END_PX;
    const known = entries.get(message.ts);
    if (known) {
      keepFocus(known.node, () => update(known, message));
    } else {
      entries.set(message.ts, build(message));
      arrange();
    }
    if (isAtEnd) log.scrollTop = log.scrollHeight;
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
      wanted.push(entries.get(ts).node);
    }
    if (!wanted.length) wanted.push(h("p", { class: "empty" }, empty));
    const kept = new Set(wanted);
    for (const node of [...log.children]) if (!kept.has(node)) node.remove();
    wanted.forEach((node, index) => {
      if (log.children[index] !== node) log.insertBefore(node, log.children[index] ?? null);
    });
  }

  function divider(name) {
    const known = log.querySelector(`.day[data-day="${CSS.escape(name)}"]`);
    return known ?? h("div", { class: "day", dataset: { day: name } }, h("span", {}, name));
  }

  function build(message) {
    const node = h("article", { tabindex: "-1", dataset: { ts: message.ts } });
    const entry = { message, body: bodyOf(message), node };
    draw(entry);
    return entry;
  }

  function update(entry, message) {
    const said = ({ text, blocks }) => JSON.stringify([text, blocks]);
    const isSame = said(entry.message) === said(message);
    entry.message = message;
    // An unchanged body stays, with the sorting and paging that its reader chose.
    if (!isSame) entry.body = bodyOf(message);
    draw(entry);
  }

  function draw({ message, body, node }) {
    const when = instantOf(message.ts);
    node.setAttribute("aria-label", `${message.username}, ${clockTime(when, directory.zone)}`);
    node.className = message.ephemeral ? "message ephemeral" : "message";
    const parts = [
      h("div", { class: "message-side" }, avatar(message.username, { isBot: message.is_bot })),
      h(
        "div",
        { class: "message-main" },
        message.ephemeral && h("div", { class: "only-you" }, icon("eye"), "Only visible to you"),
        h(
          "div",
          { class: "message-head" },
          h("span", { class: "author" }, message.username),
          message.is_bot && h("span", { class: "badge" }, "APP"),
          h("time", { datetime: when.toISOString(), title: fullTime(when, directory.zone) }, clockTime(when, directory.zone)),
        ),
        body,
        message.edited && h("span", { class: "edited" }, "(edited)"),
        message.files.map(fileChip),
        reactions(message, directory),
        openThread && message.reply_count > 0 && replies(message),
      ),
      toolbar(message),
    ];
    // The body is moved, not rebuilt, when it is unchanged.
    node.replaceChildren(...parts);
  }

  function bodyOf(message) {
    if (message.blocks.length) return h("div", { class: "blocks" }, renderBlocks(message.blocks, contextOf(message)));
    return h("div", { class: "blocks text" }, mrkdwn(message.text, directory));
  }

  function replies(message) {
    const words = message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`;
    const props = { type: "button", class: "replies", dataset: { key: "replies" } };
    return h("button", { ...props, onclick: () => openThread(message.ts) }, icon("thread"), words);
  }

  function toolbar(message) {
    const more = menuButton("more", "More message actions", {
      dataset: { key: "more" },
      open: (button) => openMore(message, button),
    });
    const canReply = openThread && !message.ephemeral;
    const open = { dataset: { key: "reply" }, onclick: () => openThread(message.ts) };
    const reply = canReply && iconButton("thread", "Reply in thread", open);
    return h("div", { class: "message-tools" }, reply, more);
  }

  return { root: log, show, put, remove, redate: arrange };
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

/** The pane at the side that holds one thread and its own composer. */

import { iconButton } from "./buttons.js";
import { createComposer } from "./composer.js";
import { h } from "./dom.js";
import { createTimeline } from "./messages.js";

/**
 * Return `{show(channel, ts, messages), refresh(messages), put(message), remove(ts), close, isOpen(channel, ts),
 * openTs}` over the page's pane for it.
 *
 * `parts` are what a timeline needs; `send(text, ts)` posts a reply; `onClose` is told when a person leaves.
 */
export function createThreads({ root, parts, commands, openShortcuts, send, onClose }) {
  let open = null;

  function show(channel, ts, messages) {
    const { directory } = parts;
    const name = channel.kind === "im" ? directory.bot.name : `#${channel.name}`;
    const timeline = createTimeline({ ...parts, label: `Thread in ${name}`, empty: "This message is gone." });
    const composer = channel.is_archived
      ? null
      : createComposer({
          label: `Reply in ${name}`,
          commands,
          directory,
          openShortcuts,
          acceptsCommands: false,
          send: (text) => send(text, ts),
        });
    root.replaceChildren(
      h(
        "header",
        { class: "bar" },
        h("h2", { class: "bar-title" }, "Thread", h("span", { class: "bar-note" }, name)),
        iconButton("close", "Close thread", { onclick: leave }),
      ),
      timeline.root,
      composer?.root ?? h("p", { class: "closed-note" }, "This channel is archived."),
    );
    root.hidden = false;
    document.body.classList.add("thread-open");
    timeline.show(messages);
    open = { channel: channel.id, ts, timeline };
    if (composer) composer.focus();
    else timeline.root.focus();
  }

  function leave() {
    const ts = open?.ts;
    close();
    onClose(ts);
  }

  function close() {
    open = null;
    root.hidden = true;
    root.replaceChildren();
    document.body.classList.remove("thread-open");
  }

  root.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && leave());

  return {
    show,
    close,
    openTs: () => open?.ts ?? null,
    refresh: (messages) => open.timeline.show(messages),
    isOpen: (channel, ts) => open?.channel === channel && open.ts === ts,
    put: (message) => open.timeline.put(message),
    remove: (ts) => open.timeline.remove(ts),
  };
}

/** The list of places to go, the person one is, and the demo's controls. */

import { avatar } from "./avatar.js";
import { iconButton } from "./buttons.js";
import { demoPanel } from "./demo.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { morph } from "./morph.js";
import { openMenu } from "./popup.js";

/** Return `{draw(current, unread), open, close}` over the page's navigation. */
export function createSidebar({ root, api, getState, getDirectory, go, become, theme }) {
  const panes = document.querySelectorAll("#main > section");

  const head = h(
    "div",
    { class: "sidebar-head" },
    h("span", { class: "workspace-name" }, "Workspace"),
    theme,
    iconButton("close", "Close channel list", { className: "on-dark drawer-only", onclick: close }),
  );
  const parts = { person: null, places: null, demo: null };
  root.replaceChildren(head);

  function draw(current, unread) {
    const directory = getDirectory();
    const { bot } = directory;
    const item = (id, mark, name, note) => place({ id, mark, name, note, current, unread });
    const channels = directory.channels.filter(({ kind }) => kind !== "im");
    const direct = directory.channels.find(({ kind }) => kind === "im");
    put("person", personButton(directory));
    put(
      "places",
      h(
        "div",
        { class: "places", tabindex: "0", role: "group", "aria-label": "Places" },
        section("Channels", channels.map((channel) => item(channel.id, channelIcon(channel), channel.name, noteOf(channel)))),
        section("Apps", [
          direct && item(direct.id, avatar(bot.name, { isBot: true }), bot.name, "direct message"),
          item("home", icon("home"), `${bot.name} Home`, ""),
        ]),
      ),
    );
    put("demo", demoPanel({ api, state: getState(), directory }));
  }

  function put(name, next) {
    if (!next) return;
    if (parts[name]) parts[name] = morph(parts[name], next);
    else root.append((parts[name] = next));
  }

  function section(title, items) {
    const list = items.filter(Boolean).map((item) => h("li", {}, item));
    return h("section", { class: "place-section" }, h("h2", {}, title), h("ul", {}, list));
  }

  function place({ id, mark, name, note, current, unread }) {
    const count = unread.get(id) ?? 0;
    return h(
      "button",
      {
        type: "button",
        class: count ? "place unread" : "place",
        "aria-current": id === current ? "page" : null,
        dataset: { key: `place-${id}` },
        onclick: () => {
          close();
          go(id);
        },
      },
      mark,
      h("span", { class: "place-name" }, name),
      note && h("span", { class: "visually-hidden" }, note),
      count > 0 && h("span", { class: "count" }, count, h("span", { class: "visually-hidden" }, " unread")),
    );
  }

  function personButton(directory) {
    const { me } = directory;
    const button = h(
      "button",
      {
        type: "button", class: "person", "aria-haspopup": "menu", "aria-expanded": "false", dataset: { key: "person" },
        onclick: () => openMenu(button, "Act as", people(directory)),
      },
      avatar(me.real_name),
      h(
        "span",
        { class: "person-names" },
        h("span", { class: "person-name" }, h("span", { class: "visually-hidden" }, "You are "), me.real_name),
        h("span", { class: "person-note" }, `${me.is_admin ? "Admin · " : ""}${me.tz}`),
      ),
      icon("down"),
    );
    return button;
  }

  function people(directory) {
    return directory.users
      .filter((user) => user.id !== directory.bot.user_id)
      .map((user) => ({ label: user.real_name, description: `${user.is_admin ? "Admin" : "Member"} · ${user.tz}`, run: () => become(user.id) }));
  }

  function open() {
    document.body.classList.add("drawer-open");
    hold(true);
    root.querySelector('[aria-current="page"]')?.focus();
  }

  function close() {
    if (!document.body.classList.contains("drawer-open")) return;
    document.body.classList.remove("drawer-open");
    hold(false);
    document.querySelector(".drawer-button")?.focus();
  }

  /** An open drawer keeps focus to itself. */
  function hold(isHeld) {
    for (const pane of panes) pane.inert = isHeld;
  }

  document.addEventListener("keydown", (event) => event.key === "Escape" && close());
  document.addEventListener("pointerdown", (event) => root.contains(event.target) || close());
  // Beside a wide page it is no drawer, and must not keep the page from being used.
  matchMedia("(width > 720px)").addEventListener("change", close);
  return { draw, open, close };
}

/** Return the mark of a channel: open, private or archived. */
export function channelIcon({ kind, is_archived: isArchived }) {
  if (isArchived) return icon("archive");
  return icon(kind === "private" ? "lock" : "hash");
}

function noteOf({ kind, is_archived: isArchived }) {
  return [kind === "private" && "private", isArchived && "archived"].filter(Boolean).join(", ");
}

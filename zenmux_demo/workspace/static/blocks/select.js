/** Renders select menus: a button that opens a searchable list. */

import { h, uniqueId } from "../dom.js";
import { withEmoji } from "../emoji.js";
import { icon } from "../icons.js";
import { openPopup } from "../popup.js";
import { choicesOf } from "./choices.js";

/** Return the select of a slot, of whichever kind. */
export function select(slot) {
  const choices = choicesOf(slot);
  const placeholder = slot.element.placeholder?.text ?? "Select an option";
  const shown = h("span", { class: "select-value", id: uniqueId("select") });
  const labelledBy = slot.name["aria-labelledby"];
  let chosen = choices.initial;

  const button = h(
    "button",
    {
      type: "button",
      class: "select",
      id: slot.name.id,
      "aria-haspopup": "listbox",
      "aria-expanded": "false",
      "aria-labelledby": labelledBy ? `${labelledBy} ${shown.id}` : null,
      "aria-describedby": slot.name["aria-describedby"],
      autofocus: slot.element.focus_on_load,
      dataset: { key: slot.key },
      onclick: open,
      onkeydown: (event) => {
        if (event.key !== "ArrowDown") return;
        event.preventDefault();
        open();
      },
    },
    shown,
    icon("down"),
  );

  function open() {
    if (button.getAttribute("aria-expanded") === "true") return;
    button.setAttribute("aria-expanded", "true");
    const list = createList({ choices, isChosen, pick, label: placeholder, close: () => popup.close() });
    const popup = openPopup(button, list.root, { onClose: () => button.setAttribute("aria-expanded", "false") });
    list.start();
  }

  function isChosen(item) {
    return chosen.some((other) => sameItem(other, item));
  }

  function pick(item) {
    if (!choices.isMulti) chosen = [item];
    else if (isChosen(item)) chosen = chosen.filter((other) => !sameItem(other, item));
    else if (chosen.length < choices.limit) chosen = [...chosen, item];
    draw();
    slot.change(choices.value(chosen));
  }

  function draw() {
    const words = chosen.map((item) => withEmoji(item.label));
    shown.replaceChildren(
      ...(choices.isMulti && words.length ? words.map(chip) : [words[0] ?? placeholder]),
    );
    button.classList.toggle("empty", chosen.length === 0);
  }

  draw();
  slot.put(choices.value(chosen));
  return button;
}

/** Return the list inside the popup: a search field that steers a listbox. */
function createList({ choices, isChosen, pick, label, close }) {
  const listId = uniqueId("listbox");
  let items = [];
  let active = -1;
  let asked = 0;

  const listbox = h("div", {
    role: "listbox",
    id: listId,
    class: "listbox",
    "aria-label": label,
    "aria-multiselectable": choices.isMulti ? "true" : null,
  });
  const status = h("div", { class: "list-status", role: "status" });
  const input = h("input", {
    type: "text",
    class: "list-search",
    role: "combobox",
    autocomplete: "off",
    "aria-label": `Search: ${label}`,
    "aria-expanded": "true",
    "aria-controls": listId,
    "aria-autocomplete": "list",
    placeholder: "Search",
    oninput: () => refresh(),
    onkeydown: steer,
  });

  async function refresh() {
    const query = input.value.trim();
    asked += 1;
    const mine = asked;
    if (query.length < choices.minQuery) {
      show([], `Type at least ${choices.minQuery} ${choices.minQuery === 1 ? "letter" : "letters"}`);
      return;
    }
    const groups = await choices.find(query);
    // A slower answer to an earlier query must not overwrite this one.
    if (mine === asked) show(groups, "Nothing found");
  }

  function show(groups, whenEmpty) {
    items = [];
    listbox.replaceChildren(...groups.map(groupNode));
    listbox.hidden = items.length === 0;
    status.textContent = items.length ? "" : whenEmpty;
    move(items.length ? Math.max(0, items.findIndex(({ item }) => isChosen(item))) : -1);
  }

  function groupNode({ label: name, items: members }) {
    const nodes = members.map(optionNode);
    const heading = name && h("div", { class: "list-label", "aria-hidden": "true" }, name);
    return h("div", { role: "group", "aria-label": name ?? label }, heading, nodes);
  }

  function optionNode(item) {
    const node = h(
      "div",
      { role: "option", id: uniqueId("option"), class: "option", "aria-selected": String(isChosen(item)), onclick: () => choose(item) },
      h(
        "span",
        { class: "option-text" },
        h("span", {}, withEmoji(item.label)),
        item.description && h("span", { class: "menu-description" }, item.description),
      ),
      icon("check"),
    );
    items.push({ item, node });
    return node;
  }

  function choose(item) {
    pick(item);
    if (!choices.isMulti) close();
    else for (const entry of items) entry.node.setAttribute("aria-selected", String(isChosen(entry.item)));
  }

  function move(to) {
    items[active]?.node.classList.remove("active");
    active = to;
    const entry = items[active];
    if (!entry) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    entry.node.classList.add("active");
    entry.node.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", entry.node.id);
  }

  function steer(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps && items.length) {
      event.preventDefault();
      move((active + steps[event.key] + items.length) % items.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (items[active]) choose(items[active].item);
    } else if (event.key === "Tab") close();
  }

  return {
    // A click in the list leaves the keyboard in the search field, as arrow keys expect.
    root: h("div", { class: "list", onmousedown: (event) => event.target !== input && event.preventDefault() }, input, status, listbox),
    start() {
      input.focus();
      refresh();
    },
  };
}

function chip(word) {
  return h("span", { class: "chip" }, word);
}

function sameItem(a, b) {
  return (a.raw.value ?? a.raw) === (b.raw.value ?? b.raw);
}

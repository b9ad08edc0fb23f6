/** The box one writes in: completes commands and names, sends on Enter. */

import { refusal } from "./api.js";
import { iconButton, menuButton } from "./buttons.js";
import { completionsAt, usageOf } from "./completion.js";
import { h, uniqueId } from "./dom.js";

/**
 * Return `{root, focus}`.
 *
 * `send(text)` gives `{ok, message}`; a refused text stays in the box with the words beside it.
 */
export function createComposer({
  label, commands, directory, send, openShortcuts, acceptsCommands = true, suggestions = [],
}) {
  const listId = uniqueId("completions");
  let offer = null;
  let active = 0;

  const problem = h("div", { class: "composer-problem", role: "alert" });
  const usage = h("div", { class: "composer-usage" });
  const list = h("div", {
    class: "completions",
    role: "listbox",
    id: listId,
    "aria-label": "Completions",
    hidden: true,
  });
  const input = h("textarea", {
    class: "composer-input",
    rows: 1,
    "aria-label": label,
    "aria-autocomplete": "list",
    "aria-controls": listId,
    placeholder: label,
    oninput: () => {
      problem.textContent = "";
      refresh();
    },
    onclick: refresh,
    onblur: () => hide(),
    onkeydown: onKey,
  });
  const shortcuts = menuButton("bolt", "Shortcuts", { open: openShortcuts });
  const sendButton = iconButton("send", "Send", { className: "send", type: "submit" });
  const offers = suggestions.length > 0 && suggestionBar(suggestions, (text) => (write(text), submit()));
  const root = h(
    "form",
    { class: "composer", "aria-label": label, onsubmit: (event) => (event.preventDefault(), submit()) },
    offers,
    list,
    problem,
    h(
      "div",
      { class: "composer-box" },
      input,
      usage,
      h("div", { class: "composer-bar" }, shortcuts, sendButton),
    ),
  );

  async function submit() {
    const text = input.value.trim();
    if (!text) return;
    write("");
    const result = await send(text);
    if (result.ok) return;
    // What was typed meanwhile is worth more than what was refused.
    if (!input.value) write(text);
    problem.textContent = refusal(result);
  }

  function write(text) {
    input.value = text;
    hide();
    refresh();
  }

  function refresh() {
    input.style.height = "auto";
    input.style.height = `${input.scrollHeight}px`;
    usage.textContent = acceptsCommands ? usageOf(input.value, commands) : "";
    offer = completionsAt(input.value, input.selectionStart, { commands, directory, acceptsCommands });
    if (!offer) return hide();
    list.replaceChildren(...offer.entries.map(optionNode));
    list.hidden = false;
    move(0);
  }

  function optionNode(entry, index) {
    return h(
      "div",
      {
        class: "completion", role: "option", id: `${listId}-${index}`, "aria-selected": "false",
        // Before the box loses focus, which would close the list.
        onmousedown: (event) => (event.preventDefault(), complete(index)),
      },
      h("span", { class: "completion-label" }, entry.label),
      entry.detail && h("span", { class: "completion-detail" }, entry.detail),
    );
  }

  function move(to) {
    active = to;
    [...list.children].forEach((node, index) => node.setAttribute("aria-selected", String(index === active)));
    list.children[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", `${listId}-${active}`);
  }

  function hide() {
    offer = null;
    list.hidden = true;
    list.replaceChildren();
    input.removeAttribute("aria-activedescendant");
  }

  function complete(index) {
    const { insert } = offer.entries[index];
    const rest = input.value.slice(input.selectionStart).replace(/^\s/, "");
    const head = input.value.slice(0, offer.start) + insert;
    input.value = head + rest;
    input.setSelectionRange(head.length, head.length);
    hide();
    refresh();
  }

  function onKey(event) {
    if (event.isComposing) return;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (offer && event.key in steps) {
      event.preventDefault();
      move((active + steps[event.key] + offer.entries.length) % offer.entries.length);
    } else if (offer && event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      hide();
    } else if (offer && (event.key === "Tab" || (event.key === "Enter" && !isWhole())) && !event.shiftKey) {
      event.preventDefault();
      complete(active);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    }
  }

  /** Tell whether the word is complete already, so that Enter means "send". */
  function isWhole() {
    return offer.entries[active].insert.trim() === input.value.slice(offer.start).trim();
  }

  return { root, focus: () => input.focus() };
}

/** What one can ask, for who does not know yet; it stays until it is closed. */
function suggestionBar(suggestions, ask) {
  const [first] = suggestions;
  const bar = h(
    "div",
    { class: "suggestions", role: "group", "aria-label": "Things to try" },
    h("span", { class: "suggestions-lead" }, "Type ", h("code", {}, first.text), " or try:"),
    suggestions.map(({ label, text }) =>
      h("button", { type: "button", class: "button", title: text, onclick: () => ask(text) }, label),
    ),
    iconButton("close", "Hide things to try", { onclick: () => bar.remove() }),
  );
  return bar;
}

/** Renders buttons and overflow menus, with their confirmation dialogs. */

import { askConfirm } from "../dialog.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { plain, textNodes } from "../mrkdwn.js";
import { openMenu } from "../popup.js";

/** A button; one with an address opens it and still tells the bot. */
export function button(slot) {
  const { element } = slot;
  return pressable(slot, {
    className: `button ${element.style ?? ""}`,
    label: element.accessibility_label,
    content: plain(element.text.text),
    confirm: element.confirm,
    press: () => {
      openLink(element.url);
      return slot.send({ value: element.value, text: element.text });
    },
  });
}

/** The three dots with up to five options. */
export function overflow(slot) {
  const { element } = slot;
  const node = h(
    "button",
    {
      type: "button",
      class: "button overflow",
      "aria-label": "More actions",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      dataset: { key: slot.key },
      onclick: () => openMenu(node, "More actions", element.options.map(entry)),
    },
    icon("more"),
  );
  const entry = (option) => ({
    label: plain(option.text.text),
    description: option.description?.text,
    run: async () => {
      if (!(await isConfirmed(element.confirm, slot.ctx))) return;
      openLink(option.url);
      await slot.send({ selected_option: option });
    },
  });
  return node;
}

function pressable(slot, { className, label, content, confirm, press }) {
  const node = h("button", { type: "button", class: className, "aria-label": label, dataset: { key: slot.key } }, content);
  node.addEventListener("click", async () => {
    if (node.getAttribute("aria-busy") === "true" || !(await isConfirmed(confirm, slot.ctx))) return;
    // aria-busy and not disabled: a disabled button would drop the keyboard's place.
    node.setAttribute("aria-busy", "true");
    await press();
    node.removeAttribute("aria-busy");
  });
  return node;
}

async function isConfirmed(confirm, ctx) {
  if (!confirm) return true;
  return askConfirm({
    title: confirm.title.text,
    text: textNodes(confirm.text, ctx.directory),
    confirm: confirm.confirm.text,
    deny: confirm.deny.text,
    danger: confirm.style === "danger",
  });
}

function openLink(url) {
  if (url && /^https?:/i.test(url)) window.open(url, "_blank", "noopener");
}

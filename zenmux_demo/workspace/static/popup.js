/** Opens small surfaces above everything, dialogs included, beside the button that asked for them. */

import { h } from "./dom.js";

const GAP = 4;

/** Show `content` under `anchor` until it is dismissed; the browser then gives focus back. */
export function openPopup(anchor, content, { onClose = () => {} } = {}) {
  const popup = h("div", { class: "popup", popover: "auto" }, content);
  popup.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    popup.remove();
    onClose();
  });
  // Inside the anchor's dialog, so that the dialog does not make it inert.
  (anchor.closest("dialog") ?? document.body).append(popup);
  popup.showPopover();
  // Its options may come later, and make it higher than what is left below the anchor.
  new ResizeObserver(() => place(popup, anchor.getBoundingClientRect())).observe(popup);
  place(popup, anchor.getBoundingClientRect());
  return { close: () => popup.isConnected && popup.hidePopover() };
}

/** Show a menu of `[{label, description, danger, run}]` under `anchor`. */
export function openMenu(anchor, label, entries) {
  const items = entries.map((entry) =>
    h(
      "button",
      {
        type: "button",
        role: "menuitem",
        tabindex: "-1",
        class: entry.danger ? "menu-item danger" : "menu-item",
        onclick: () => {
          popup.close();
          entry.run();
        },
      },
      h("span", {}, entry.label),
      entry.description && h("span", { class: "menu-description" }, entry.description),
    ),
  );
  const menu = h("div", { role: "menu", class: "menu", "aria-label": label, onkeydown: (event) => walk(event, items) }, items);
  anchor.setAttribute("aria-expanded", "true");
  const popup = openPopup(anchor, menu, { onClose: () => anchor.setAttribute("aria-expanded", "false") });
  items[0].focus();
  return popup;
}

function walk(event, items) {
  const at = items.indexOf(document.activeElement);
  const target = {
    ArrowDown: (at + 1) % items.length,
    ArrowUp: (at - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  }[event.key];
  if (target === undefined) return;
  event.preventDefault();
  items[target].focus();
}

function place(popup, anchor) {
  const { width, height } = popup.getBoundingClientRect();
  const left = Math.max(GAP, Math.min(anchor.left, innerWidth - width - GAP));
  const below = anchor.bottom + GAP;
  const fits = below + height <= innerHeight;
  const top = fits ? below : Math.max(GAP, anchor.top - height - GAP);
  popup.style.left = `${left}px`;
  popup.style.top = `${top}px`;
}

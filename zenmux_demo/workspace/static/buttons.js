/** The page's own buttons that show an icon and say a word. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

/** Return a button that shows an icon; `label` is what it is called. */
export function iconButton(name, label, { className = "", ...props }) {
  return h("button", { type: "button", class: `icon-button ${className}`.trim(), "aria-label": label, ...props }, icon(name));
}

/** Return an icon button that opens a menu; `open` gets the button. */
export function menuButton(name, label, { open, ...props }) {
  const button = iconButton(name, label, {
    "aria-haspopup": "menu",
    "aria-expanded": "false",
    onclick: () => open(button),
    ...props,
  });
  return button;
}

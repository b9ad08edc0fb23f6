/** Asks for a channel's new name. */

import { openDialog } from "./dialog.js";
import { h } from "./dom.js";

/** Open the question; `done(name)` is called with an answer that differs. */
export function askName(current, done) {
  const input = h("input", { type: "text", class: "field", value: current, maxlength: 80, "aria-label": "New name" });
  const opened = openDialog({
    title: `Rename #${current}`,
    className: "dialog-small",
    body: input,
    footer: [
      h("button", { type: "button", class: "button", onclick: () => opened.close() }, "Cancel"),
      h("button", { type: "submit", class: "button primary filled" }, "Rename"),
    ],
    onSubmit: () => {
      const name = input.value.trim().toLowerCase().replace(/\s+/g, "-");
      opened.close();
      if (name && name !== current) done(name);
    },
  });
}

/** Shows the payload of a message or view, and copies its blocks for Slack's Block Kit Builder. */

import { openDialog } from "./dialog.js";
import { h } from "./dom.js";

/** Open the JSON of `payload`; `blocks` are what the copy button takes. */
export function showJson(title, payload, blocks) {
  const status = h("span", { class: "copied", role: "status" });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(JSON.stringify({ blocks }, null, 2));
      status.textContent = "Copied";
    } catch {
      status.textContent = "The browser did not allow copying; select the text instead.";
    }
  };
  openDialog({
    title,
    className: "dialog-wide",
    body: h("pre", { class: "json" }, JSON.stringify(payload, null, 2)),
    footer: [status, h("button", { type: "button", class: "button primary filled", onclick: copy }, "Copy for Block Kit Builder")],
  });
}

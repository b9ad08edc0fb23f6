/** Opens modal dialogs; the browser's own `dialog` keeps focus inside and gives it back. */

import { iconButton } from "./buttons.js";
import { h, uniqueId } from "./dom.js";

/**
 * Open a dialog; `onClose` is called when a person dismisses it, not after `close()`.
 *
 * Parts: `title`, `body` nodes, `footer` nodes, `lead` before the title; `onSubmit` makes it a form.
 */
export function openDialog({ title, body, footer = [], lead = null, className = "", onSubmit = null, onClose = () => {} }) {
  const titleId = uniqueId("dialog-title");
  const before = document.activeElement;
  const dismiss = () => {
    close();
    onClose();
  };
  const heading = h("h2", { id: titleId, tabindex: "-1" }, title);
  const panel = h(
    onSubmit ? "form" : "div",
    {
      class: "dialog-panel",
      novalidate: onSubmit ? true : null,
      onsubmit: onSubmit && ((event) => (event.preventDefault(), onSubmit())),
    },
    h(
      "header",
      { class: "dialog-head" },
      lead,
      heading,
      iconButton("close", "Close dialog", { onclick: dismiss }),
    ),
    h("div", { class: "dialog-body", tabindex: "0", role: "group", "aria-labelledby": titleId }, body),
    footer.length > 0 && h("footer", { class: "dialog-foot" }, footer),
  );
  const dialog = h("dialog", { class: `dialog ${className}`, "aria-labelledby": titleId }, panel);
  dialog.addEventListener("cancel", (event) => {
    // Closing is told to the bot before the dialog goes, so the browser must not do it alone.
    event.preventDefault();
    dismiss();
  });

  function close() {
    dialog.close();
    dialog.remove();
    if (before?.isConnected) before.focus();
  }

  document.body.append(dialog);
  dialog.showModal();
  const first =
    dialog.querySelector("[autofocus]") ??
    dialog.querySelector(".dialog-body :is(input, textarea, button), .dialog-foot .primary");
  (first ?? heading).focus();
  return { dialog, heading, close };
}

/** Ask as a Slack confirmation object words it; the promise gives true or false. */
export function askConfirm({ title, text, confirm, deny, danger }) {
  return new Promise((resolve) => {
    const decide = (answer) => () => {
      opened.close();
      resolve(answer);
    };
    const opened = openDialog({
      title,
      body: h("div", { class: "text" }, text),
      className: "dialog-small",
      footer: [
        h("button", { type: "button", class: "button", onclick: decide(false) }, deny),
        h("button", { type: "button", class: `button ${danger ? "danger" : "primary"} filled`, onclick: decide(true) }, confirm),
      ],
      onClose: () => resolve(false),
    });
  });
}

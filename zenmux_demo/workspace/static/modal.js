/** Shows the person's topmost modal view; the ones below come back when it goes. */

import { refusal } from "./api.js";
import { createBlocks } from "./blocks/index.js";
import { numberProblems, showErrors } from "./blocks/input.js";
import { avatar } from "./avatar.js";
import { openDialog } from "./dialog.js";
import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { toast } from "./toast.js";

/** Return `{open(view), update(view), close(id)}`; `channel()` is where a modal was opened from. */
export function createModals({ api, directory, channel }) {
  const held = new Map();
  let shown = null;

  /** Show a view in front of whatever is shown. */
  function open(view) {
    if (!held.has(view.id)) held.set(view.id, {});
    shown?.close();
    const content = createBlocks(contextOf(view));
    content.show(view.blocks);
    const submitButton = h("button", { type: "submit", class: "button primary filled" });
    const closeButton = h("button", { type: "button", class: "button", onclick: dismiss });
    const opened = openDialog({
      title: "",
      lead: avatar(directory.bot.name, { isBot: true }),
      className: "modal",
      body: content.root,
      footer: [closeButton, submitButton],
      onSubmit: submit,
      onClose: tellClosed,
    });
    shown = { view, content, submitButton, closeButton, ...opened };
    drawFrame();
  }

  /** Redraw a view. What was entered stays with its block_id and action_id, as in Slack. */
  function update(view) {
    // The view below comes back with an update when the one above it has gone.
    if (!shown) return open(view);
    if (shown.view.id !== view.id) return;
    shown.view = view;
    drawFrame();
    shown.content.show(view.blocks);
  }

  function drawFrame() {
    const { view, heading, submitButton, closeButton } = shown;
    heading.textContent = withEmoji(view.title.text);
    submitButton.hidden = !view.submit;
    submitButton.textContent = withEmoji(view.submit?.text ?? "");
    closeButton.textContent = withEmoji(view.close?.text ?? "Close");
  }

  function contextOf(view) {
    const values = held.get(view.id);
    return {
      directory,
      values,
      channel: channel(),
      suggest: (query) => api.post("/ui/options", { view_id: view.id, ...query }),
      act: async (action) => {
        const result = await api.post("/ui/action", { view_id: view.id, action, state: { values } });
        if (!result.ok) toast(refusal(result));
      },
    };
  }

  async function submit() {
    const { view, content, submitButton } = shown;
    if (submitButton.getAttribute("aria-busy") === "true") return;
    const values = held.get(view.id);
    const problems = numberProblems(view.blocks, values);
    showErrors(content.root, problems);
    if (Object.keys(problems).length) return;
    submitButton.setAttribute("aria-busy", "true");
    const result = await api.post("/ui/submit", { view_id: view.id, values });
    submitButton.removeAttribute("aria-busy");
    if (!result.ok) toast(refusal(result));
    else if (result.errors) showErrors(content.root, result.errors);
  }

  function dismiss() {
    shown.close();
    tellClosed();
  }

  function tellClosed() {
    const { id } = shown.view;
    held.delete(id);
    shown = null;
    api.post("/ui/close", { view_id: id });
  }

  /** Close a view because the bot said so. */
  function close(id) {
    held.delete(id);
    if (shown?.view.id !== id) return;
    shown.close();
    shown = null;
  }

  return { open, update, close };
}

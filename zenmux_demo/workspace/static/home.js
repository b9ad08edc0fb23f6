/** Shows the app's Home tab. */

import { renderBlocks } from "./blocks/index.js";
import { h } from "./dom.js";
import { keepFocus } from "./focus.js";

/** Return `{root, show(view)}`; a view of null means that the app has published none yet. */
export function createHome({ directory, act, suggest }) {
  const root = h("div", { class: "home", tabindex: "0", role: "group", "aria-label": "Home tab" });

  function show(view) {
    const context = {
      directory,
      values: {},
      channel: null,
      suggest: (query) => suggest(view, query),
      act: (action) => act(view, action, context.values),
    };
    const content = view
      ? renderBlocks(view.blocks, context)
      : [h("p", { class: "empty" }, `${directory.bot.name} has not published its Home tab yet.`)];
    keepFocus(root, () => root.replaceChildren(h("div", { class: "blocks" }, content)));
  }

  return { root, show };
}

/** Shows the app's Home tab. */

import { createBlocks } from "./blocks/index.js";
import { h } from "./dom.js";
import { arrange } from "./morph.js";

/** Return `{root, show(view)}`; a view of null means that the app has published none yet. */
export function createHome({ directory, act, suggest }) {
  const root = h("div", { class: "home", tabindex: "0", role: "group", "aria-label": "Home tab" });
  const empty = h("p", { class: "empty" }, `${directory.bot.name} has not published its Home tab yet.`);
  let view = null;
  const values = {};
  const blocks = createBlocks({
    directory,
    values,
    channel: null,
    suggest: (query) => suggest(view, query),
    act: (action) => act(view, action, values),
  });

  function show(published) {
    view = published;
    if (view) blocks.show(view.blocks);
    arrange(root, [view ? blocks.root : empty]);
  }

  return { root, show };
}

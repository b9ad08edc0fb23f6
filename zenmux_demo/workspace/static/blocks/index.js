/** Renders lists of blocks; what it does not know it names, and one bad block spoils no other. */

import { h } from "../dom.js";
import { keepFocus } from "../focus.js";
import { arrange } from "../morph.js";
import { chart } from "./chart.js";
import { container } from "./container.js";
import { dataTable } from "./data_table.js";
import { image } from "./image.js";
import { input } from "./input.js";
import { markdown } from "./markdown.js";
import { richText } from "./rich_text.js";
import { table } from "./table.js";
import { actions, context, divider, header, section } from "./text.js";

const RENDERERS = {
  actions,
  container,
  context,
  data_table: dataTable,
  data_visualization: chart,
  divider,
  header,
  image,
  input,
  markdown,
  rich_text: richText,
  section,
  table,
};

/**
 * Return the nodes of `blocks`.
 *
 * `ctx` holds `directory`, `values` (as in a view's state), `channel`, `act(action)` and `suggest(query)`.
 */
export function renderBlocks(blocks, ctx) {
  return blocks.map((block) => h("div", { class: "block" }, renderBlock(block, ctx)));
}

/**
 * Return `{root, show(blocks)}`: blocks that are shown again as they were keep their elements.
 *
 * `show` is called again whenever the message or view changes.
 */
export function createBlocks(ctx) {
  const root = h("div", { class: "blocks" });
  let shown = new Map();

  function show(blocks) {
    const next = new Map();
    for (const block of blocks) {
      const key = JSON.stringify(block);
      next.set(key, shown.get(key) ?? renderBlocks([block], ctx)[0]);
    }
    keepFocus(root, () => arrange(root, [...next.values()]));
    shown = next;
  }

  return { root, show };
}

function renderBlock(block, ctx) {
  const render = Object.hasOwn(RENDERERS, block?.type ?? "") ? RENDERERS[block.type] : null;
  if (!render) return placeholder(`Block “${block?.type}” is not shown here`);
  try {
    return render(block, ctx, renderBlocks);
  } catch (error) {
    console.warn("block.unreadable", block.type, error);
    return placeholder(`Block “${block.type}” could not be read`);
  }
}

function placeholder(text) {
  return h("div", { class: "placeholder" }, text);
}

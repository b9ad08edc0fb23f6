/**
 * Changes a part of the page in place: what is the same stays, with its listeners, its focus and whoever's pointer is
 * above it. A click that began on an element that is then replaced is lost.
 */

/** Make `root` hold `wanted`; nodes that are wanted already are not touched. */
export function arrange(root, wanted) {
  const kept = new Set(wanted);
  for (const node of [...root.childNodes]) if (!kept.has(node)) node.remove();
  wanted.forEach((node, index) => {
    if (root.childNodes[index] !== node) root.insertBefore(node, root.childNodes[index] ?? null);
  });
}

/**
 * Make `node` look like `next`, and return what is shown now.
 *
 * Listeners are those of the old node: they must not depend on more than the element's name and `data-key`.
 */
export function morph(node, next) {
  if (node.isEqualNode(next)) return node;
  if (node.nodeName !== next.nodeName || node.dataset?.key !== next.dataset?.key) {
    node.replaceWith(next);
    return next;
  }
  if (node.nodeType === Node.TEXT_NODE) {
    node.data = next.data;
    return node;
  }
  copyAttributes(node, next);
  const old = [...node.childNodes];
  const byKey = new Map(old.filter(keyOf).map((child) => [keyOf(child), child]));
  const free = old.filter((child) => !keyOf(child));
  const children = [...next.childNodes].map((child) => {
    const known = keyOf(child) ? byKey.get(keyOf(child)) : takeLike(free, child);
    return known ? morph(known, child) : child;
  });
  arrange(node, children);
  return node;
}

function keyOf(node) {
  return node.dataset?.key;
}

function takeLike(free, child) {
  const at = free.findIndex((node) => node.nodeName === child.nodeName);
  return at < 0 ? null : free.splice(at, 1)[0];
}

/** What a person opened, or what waits, is the old node's own. */
const OWN = new Set(["aria-expanded", "aria-busy", "open"]);

function copyAttributes(node, next) {
  for (const { name } of [...node.attributes]) if (!OWN.has(name) && !next.hasAttribute(name)) node.removeAttribute(name);
  for (const { name, value } of next.attributes) if (!OWN.has(name) && node.getAttribute(name) !== value) node.setAttribute(name, value);
  if ("checked" in node && node.checked !== next.checked) node.checked = next.checked;
}

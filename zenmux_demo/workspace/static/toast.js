/** Shows short notices in a corner; screen readers hear them as they come. */

import { iconButton } from "./buttons.js";
import { h } from "./dom.js";

const SHOWN_MS = 10_000;

/** Show a notice until it is dismissed or its time is over. */
export function toast(text) {
  const shown = [...document.querySelectorAll(".toast > span")].some((words) => words.textContent === text);
  // A refused action is answered and announced: the same words twice help nobody.
  if (shown) return;
  const node = h(
    "div",
    { class: "toast" },
    h("span", {}, text),
    iconButton("close", "Dismiss notice", { onclick: () => node.remove() }),
  );
  document.getElementById("toasts").append(node);
  setTimeout(() => node.remove(), SHOWN_MS);
}

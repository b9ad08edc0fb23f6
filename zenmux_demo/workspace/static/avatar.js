/** Draws the square pictures beside names. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

const COLOURS = 6;

/** Return initials on a colour of the person's own, or the app's mark. */
export function avatar(name, { isBot = false } = {}) {
  const number = [...name].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % COLOURS;
  const className = isBot ? "avatar avatar-app" : `avatar avatar-${number}`;
  return h("span", { class: className, "aria-hidden": "true" }, isBot ? icon("chart") : ([...name][0] ?? "?").toUpperCase());
}

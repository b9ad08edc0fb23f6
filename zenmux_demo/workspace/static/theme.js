/** Light or dark: as the system says, until a person chooses. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

const STORED = "workspace-theme";
const system = matchMedia("(prefers-color-scheme: dark)");

/** Apply the chosen theme and return the button that turns it. */
export function themeButton() {
  const button = h("button", { type: "button", class: "icon-button on-dark", onclick: turn });

  function current() {
    return localStorage.getItem(STORED) ?? (system.matches ? "dark" : "light");
  }

  function turn() {
    localStorage.setItem(STORED, current() === "dark" ? "light" : "dark");
    draw();
  }

  function draw() {
    const isDark = current() === "dark";
    document.documentElement.dataset.theme = current();
    button.setAttribute("aria-label", isDark ? "Use the light theme" : "Use the dark theme");
    button.replaceChildren(icon(isDark ? "sun" : "moon"));
  }

  system.addEventListener("change", draw);
  draw();
  return button;
}

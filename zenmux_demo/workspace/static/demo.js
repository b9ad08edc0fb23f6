/** The demo's controls: its clock, and the faults that one can switch on. */

import { refusal } from "./api.js";
import { shortStamp } from "./dates.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { toast } from "./toast.js";

const TICK_MS = 1000;

/** Return the panel, or null if this workspace offers no controls. */
export function demoPanel({ api, state, directory }) {
  const { clock: hasClock, outages: hasOutages } = state.controls;
  if (!hasClock && !hasOutages) return null;
  const tell = async (path, body) => {
    const result = await api.post(path, body);
    if (!result.ok) toast(refusal(result));
    return result.ok;
  };
  return h(
    "details",
    { class: "demo", open: innerHeight > 640 },
    h("summary", {}, icon("sliders"), "Demo"),
    hasClock && clockPart(tell, directory),
    hasOutages && outagesPart(tell, state.outages),
    h("p", { class: "demo-note" }, `The bot is connected over ${state.transport === "socket" ? "Socket Mode" : "HTTP"}.`),
  );
}

function clockPart(tell, directory) {
  const time = h("div", { class: "demo-clock" });
  const draw = () => {
    time.textContent = shortStamp(directory.now(), directory.zone);
  };
  const ticking = setInterval(() => (time.isConnected ? draw() : clearInterval(ticking)), TICK_MS);
  draw();
  const move = (label, step) => {
    const props = { type: "button", class: "button", dataset: { key: `clock-${step}` } };
    return h("button", { ...props, onclick: () => tell("/ui/clock", { do: step }) }, label);
  };
  return h(
    "div",
    { class: "demo-part" },
    h("div", { class: "demo-now" }, icon("clock"), h("span", { class: "visually-hidden" }, "Demo time: "), time),
    h("div", { class: "demo-zone" }, directory.zone),
    h("div", { class: "demo-buttons" }, move("Next day", "next_day"), move("Next Monday 09:00", "next_monday")),
  );
}

function outagesPart(tell, outages) {
  return h(
    "fieldset",
    { class: "demo-part demo-outages" },
    h("legend", {}, "What goes wrong"),
    Object.entries(outages).map(([name, { on, label }]) => {
      const box = h("input", {
        type: "checkbox",
        role: "switch",
        checked: on,
        dataset: { key: `outage-${name}` },
        onchange: async () => {
          if (!(await tell("/ui/outages", { name, on: box.checked }))) box.checked = !box.checked;
        },
      });
      return h("label", { class: "switch" }, box, h("span", {}, label));
    }),
  );
}

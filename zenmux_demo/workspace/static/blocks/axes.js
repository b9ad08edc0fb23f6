/** Draws line, area and bar charts as SVG. */

import { svg } from "../dom.js";
import { niceTicks, shortNumber, smoothPath } from "./scale.js";

const HEIGHT = 320;
const MARGIN = { top: 12, right: 16, bottom: 30 };
const LETTER_PX = 6.6;
const COLOURS = 4;

/** Slack has four colours; the fifth series wears the first again. */
export function colourClass(index) {
  return `colour-${(index % COLOURS) + 1}`;
}

/**
 * Return `{node, hit, anchor}`: the drawing of an axis chart `width` pixels wide,
 * the category at an x position, and where that category stands.
 */
export function drawAxes({ type, series, axis_config: axis }, width) {
  const { categories } = axis;
  const values = series.map((one) => categories.map((label) => one.data.find((point) => point.label === label).value));
  const ticks = niceTicks(values.flat());
  const left = 14 + Math.max(...ticks.map((tick) => shortNumber(tick).length)) * LETTER_PX + (axis.y_label ? 18 : 0);
  const bottom = MARGIN.bottom + (axis.x_label ? 20 : 0);
  const plot = { left, right: width - MARGIN.right, top: MARGIN.top, bottom: HEIGHT - bottom };
  const band = (plot.right - plot.left) / categories.length;
  const x = (index) => plot.left + band * (index + 0.5);
  const y = (value) => plot.bottom - ((value - ticks[0]) / (ticks.at(-1) - ticks[0])) * (plot.bottom - plot.top);
  const marks = type === "bar" ? bars(values, { x, y, band }) : curves(values, { x, y, filled: type === "area" });

  const node = svg(
    "svg",
    { class: "plot", viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT },
    ticks.map((tick) => gridLine(tick, y(tick), plot)),
    marks,
    svg("line", { class: "guide", y1: plot.top, y2: plot.bottom, visibility: "hidden" }),
    categoryLabels(categories, band, x, plot.bottom + 20),
    axis.x_label && levelLabel(axis.x_label, (plot.left + plot.right) / 2),
    axis.y_label && verticalLabel(axis.y_label, (plot.top + plot.bottom) / 2),
  );
  const hit = (at) => Math.max(0, Math.min(categories.length - 1, Math.floor((at - plot.left) / band)));
  return { node, hit, anchor: x };
}

function curves(values, { x, y, filled }) {
  return values.map((row, index) => {
    const points = row.map((value, at) => [x(at), y(value)]);
    const path = smoothPath(points);
    const base = y(0);
    const area = filled && svg("path", { class: "area", d: `${path}L${points.at(-1)[0]} ${base}L${points[0][0]} ${base}Z` });
    const dots = points.length === 1 && svg("circle", { class: "dot", cx: points[0][0], cy: points[0][1], r: 4 });
    return svg("g", { class: `series ${colourClass(index)}` }, area, svg("path", { class: "line", d: path }), dots);
  });
}

function bars(values, { x, y, band }) {
  const width = Math.min(44, (band * 0.76) / values.length);
  return values.map((row, index) => {
    const shift = (index - values.length / 2) * width;
    return svg(
      "g",
      { class: `series ${colourClass(index)}` },
      row.map((value, at) =>
        svg("rect", {
          class: "bar",
          x: x(at) + shift + width * 0.04,
          y: Math.min(y(value), y(0)),
          width: width * 0.92,
          height: Math.abs(y(value) - y(0)),
          rx: Math.min(3, width / 4),
        }),
      ),
    );
  });
}

function gridLine(tick, at, plot) {
  return svg(
    "g",
    {},
    svg("line", { class: tick === 0 ? "grid zero" : "grid", x1: plot.left, x2: plot.right, y1: at, y2: at }),
    svg("text", { class: "tick", x: plot.left - 8, y: at + 4, "text-anchor": "end" }, shortNumber(tick)),
  );
}

/** Labels that would touch are thinned out evenly. */
function categoryLabels(categories, band, x, y) {
  const widest = Math.max(...categories.map((label) => label.length)) * LETTER_PX + 8;
  const every = Math.ceil(widest / band);
  return categories.map(
    (label, index) => index % every === 0 && svg("text", { class: "tick", x: x(index), y, "text-anchor": "middle" }, label),
  );
}

function levelLabel(text, middle) {
  return svg("text", { class: "axis-label", x: middle, y: HEIGHT - 6, "text-anchor": "middle" }, text);
}

function verticalLabel(text, middle) {
  return svg("text", { class: "axis-label", transform: `translate(13 ${middle}) rotate(-90)`, "text-anchor": "middle" }, text);
}

/** Draws pie charts as SVG. */

import { svg } from "../dom.js";
import { colourClass } from "./axes.js";

const SIZE = 300;
const RADIUS = 140;
const LABEL_FROM = 0.06;

/** Return the drawing of pie segments; each slice carries its index as `data-slice`. */
export function drawPie(segments) {
  const total = segments.reduce((sum, segment) => sum + segment.value, 0);
  let turned = 0;
  const slices = segments.map((segment, index) => {
    const part = segment.value / total;
    const node = slice(turned, part, index);
    turned += part;
    return node;
  });
  return svg("svg", { class: "plot pie", viewBox: `0 0 ${SIZE} ${SIZE}`, width: SIZE, height: SIZE }, slices);
}

/** Return a part of the whole as a percentage. */
export function percent(value, segments) {
  const total = segments.reduce((sum, segment) => sum + segment.value, 0);
  return `${((value / total) * 100).toFixed(1)}%`;
}

function slice(from, part, index) {
  const className = `slice ${colourClass(index)}`;
  const middle = SIZE / 2;
  const [labelX, labelY] = onCircle(from + part / 2, RADIUS * 0.66);
  // An arc cannot go all the way round, so a single segment is a circle.
  const shape =
    part > 0.9999
      ? svg("circle", { class: className, cx: middle, cy: middle, r: RADIUS, "data-slice": index })
      : svg("path", { class: className, d: wedge(from, part, middle), "data-slice": index });
  const place = { class: "slice-label", x: labelX, y: labelY + 4, "text-anchor": "middle" };
  const label = part >= LABEL_FROM && svg("text", place, `${Math.round(part * 100)}%`);
  return svg("g", {}, shape, label);
}

function wedge(from, part, middle) {
  const [startX, startY] = onCircle(from, RADIUS);
  const [endX, endY] = onCircle(from + part, RADIUS);
  return `M${middle} ${middle}L${startX} ${startY}A${RADIUS} ${RADIUS} 0 ${part > 0.5 ? 1 : 0} 1 ${endX} ${endY}Z`;
}

function onCircle(turn, radius) {
  const angle = (turn - 0.25) * 2 * Math.PI;
  return [SIZE / 2 + radius * Math.cos(angle), SIZE / 2 + radius * Math.sin(angle)];
}

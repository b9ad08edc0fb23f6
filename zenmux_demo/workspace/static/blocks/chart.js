/**
 * Renders the `data_visualization` block: card, legend, tooltip, and the same figures as a table.
 * https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
 */

import { menuButton } from "../buttons.js";
import { h } from "../dom.js";
import { openMenu } from "../popup.js";
import { colourClass, drawAxes } from "./axes.js";
import { drawPie, percent } from "./pie.js";
import { fullNumber } from "./scale.js";

const MIN_WIDTH = 400;
const MAX_WIDTH = 624;

/** A chart that can be read as a table as well. */
export function chart(block) {
  const { title, chart: data } = block;
  const isPie = data.type === "pie";
  const tip = h("div", { class: "chart-tip", "aria-hidden": "true", hidden: true });
  const plot = h("div", { class: "chart-plot", role: "img", "aria-label": describe(title, data) });
  const frame = h("div", { class: "chart-scroll", tabindex: "0", role: "group", "aria-label": `Chart: ${title}` }, plot, tip);
  const legend = h(
    "div",
    { class: "legend", "aria-hidden": "true" },
    namesOf(data).map((name, index) => h("span", { class: "legend-entry" }, mark(index), name)),
  );
  const asTable = h(
    "div",
    { class: "table-scroll", tabindex: "0", role: "group", "aria-label": `Figures: ${title}`, hidden: true },
    figures(title, data),
  );

  const menu = menuButton("more", `Chart options: ${title}`, {
    dataset: { key: `${block.block_id}/chart` },
    open: (button) => openMenu(button, "Chart options", [{ label: asTable.hidden ? "View as table" : "View as chart", run: swap }]),
  });

  function swap() {
    asTable.hidden = !asTable.hidden;
    frame.hidden = legend.hidden = !asTable.hidden;
  }

  if (isPie) {
    plot.append(drawPie(data.segments));
    pieTips(plot, tip, data.segments);
  } else {
    drawToFit(frame, plot, tip, data);
  }
  return h(
    "div",
    { class: `block-chart chart-${data.type}` },
    h("div", { class: "chart-head" }, h("span", { class: "chart-title" }, title), menu),
    frame,
    legend,
    asTable,
  );
}

/** Draw again whenever the card's width changes, so that letters keep their size. */
function drawToFit(frame, plot, tip, data) {
  let width = 0;
  let drawn = null;
  new ResizeObserver(() => {
    const fitting = Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, Math.floor(frame.clientWidth)));
    if (frame.clientWidth === 0 || fitting === width) return;
    width = fitting;
    drawn = drawAxes(data, width);
    plot.replaceChildren(drawn.node);
  }).observe(frame);

  const hide = () => {
    tip.hidden = true;
    drawn?.node.querySelector(".guide").setAttribute("visibility", "hidden");
  };
  plot.addEventListener("pointerleave", hide);
  plot.addEventListener("pointermove", (event) => {
    const box = plot.getBoundingClientRect();
    const index = drawn.hit(event.clientX - box.left);
    const label = data.axis_config.categories[index];
    const guide = drawn.node.querySelector(".guide");
    guide.setAttribute("x1", drawn.anchor(index));
    guide.setAttribute("x2", drawn.anchor(index));
    guide.setAttribute("visibility", "visible");
    const rows = data.series.map((series, at) => tipRow(at, series.name, valueAt(series, label)));
    showTip(tip, label, rows, drawn.anchor(index), width);
  });
}

function pieTips(plot, tip, segments) {
  plot.addEventListener("pointerleave", () => (tip.hidden = true));
  plot.addEventListener("pointermove", (event) => {
    const index = event.target.dataset?.slice;
    tip.hidden = index === undefined;
    if (index === undefined) return;
    const { label, value } = segments[index];
    const box = plot.getBoundingClientRect();
    const row = tipRow(Number(index), fullNumber(value), percent(value, segments));
    showTip(tip, label, [row], event.clientX - box.left, box.width);
  });
}

function tipRow(index, name, value) {
  return h("div", { class: "tip-row" }, mark(index), h("span", {}, name), h("strong", {}, value));
}

function mark(index) {
  return h("span", { class: `legend-mark ${colourClass(index)}` });
}

function valueAt(series, label) {
  return fullNumber(series.data.find((point) => point.label === label).value);
}

function showTip(tip, title, rows, at, width) {
  tip.replaceChildren(h("div", { class: "tip-title" }, title), ...rows);
  tip.hidden = false;
  const half = width / 2;
  tip.style.left = at < half ? `${at + 14}px` : "auto";
  tip.style.right = at < half ? "auto" : `${Math.max(0, width - at + 14)}px`;
}

/** Return what a screen reader hears: kind, title, axes and names, not the values, as in Slack. */
function describe(title, data) {
  if (data.type === "pie") return `Pie chart: ${title}. Segments: ${namesOf(data).join(", ")}.`;
  const { x_label: x, y_label: y } = data.axis_config;
  const kind = data.type[0].toUpperCase() + data.type.slice(1);
  const sentences = [`${kind} chart: ${title}.`, x && `X axis: ${x}.`, y && `Y axis: ${y}.`, `Series: ${namesOf(data).join(", ")}.`];
  return sentences.filter(Boolean).join(" ");
}

function namesOf(data) {
  return data.type === "pie" ? data.segments.map(({ label }) => label) : data.series.map(({ name }) => name);
}

function figures(title, data) {
  const [head, rows] = data.type === "pie" ? pieFigures(data) : axisFigures(data);
  const align = (column) => (column ? "align-right" : "align-left");
  // A header cell without words would be read as one that names nothing.
  const headCell = (text, column) => (text ? h("th", { scope: "col", class: align(column) }, text) : h("td"));
  const cell = (text, column) => (column ? h("td", { class: align(column) }, text) : h("th", { scope: "row" }, text));
  return h(
    "table",
    { class: "block-table" },
    h("caption", { class: "visually-hidden" }, title),
    h("thead", {}, h("tr", {}, head.map(headCell))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map(cell)))),
  );
}

function pieFigures({ segments }) {
  const rows = segments.map(({ label, value }) => [label, fullNumber(value), percent(value, segments)]);
  return [["Segment", "Value", "Percent"], rows];
}

function axisFigures(data) {
  const { categories, x_label: x = "" } = data.axis_config;
  const rows = categories.map((label) => [label, ...data.series.map((series) => valueAt(series, label))]);
  return [[x, ...namesOf(data)], rows];
}

/** The arithmetic of charts: ticks, positions, smooth curves, short numbers. */

const COMPACT = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 2 });
const EXACT = new Intl.NumberFormat("en-US", { maximumFractionDigits: 4 });

/** Return evenly spaced round numbers that cover the values and zero. */
export function niceTicks(values, count = 5) {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const span = high - low || 1;
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  const first = Math.floor(low / step);
  const last = low === high ? 1 : Math.ceil(high / step);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

/** Return a number in few letters, for an axis. */
export function shortNumber(value) {
  return withMinus(Math.abs(value) < 10_000 ? EXACT.format(value) : COMPACT.format(value));
}

/** Return a number in full, for a tooltip or a table. */
export function fullNumber(value) {
  return withMinus(EXACT.format(value));
}

/** Return a number with the sign that the sentences have, not a hyphen. */
function withMinus(number) {
  return number.replace("-", "−");
}

/**
 * Return the path of a smooth line through points `[x, y]` that overshoots none of them.
 *
 * Monotone cubic interpolation (Fritsch and Carlson 1980): a smoothed line must not show a peak that the data lacks.
 */
export function smoothPath(points) {
  if (points.length < 3) return points.map(([x, y], index) => `${index ? "L" : "M"}${x} ${y}`).join("");
  const slopes = points.slice(1).map(([x, y], index) => (y - points[index][1]) / (x - points[index][0]));
  const tangents = points.map((_, index) => tangent(slopes[index - 1], slopes[index]));
  return points.slice(1).reduce((path, [x, y], index) => {
    const [fromX, fromY] = points[index];
    const third = (x - fromX) / 3;
    return `${path}C${fromX + third} ${fromY + third * tangents[index]} ${x - third} ${y - third * tangents[index + 1]} ${x} ${y}`;
  }, `M${points[0][0]} ${points[0][1]}`);
}

function tangent(before, after) {
  if (before === undefined || after === undefined) return before ?? after;
  return before * after <= 0 ? 0 : (2 * before * after) / (before + after);
}

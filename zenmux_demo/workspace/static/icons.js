/** Draws the page's icons; all are decoration, their buttons carry the words. */

import { svg } from "./dom.js";

const PATHS = {
  archive: "M3 4h14v4H3zM4.5 8v8h11V8M8 11h4",
  bolt: "M11 2 4 11.5h5L8.5 18 16 8.5h-5z",
  chart: "M3 3v14h14M7 14v-4M11 14V6M15 14V9",
  check: "M4 10.5 8 14.5 16 6",
  chevron: "M7 4.5 12.5 10 7 15.5",
  clock: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 6v4.2l2.8 1.8",
  close: "M5 5l10 10M15 5 5 15",
  down: "M5 7.5 10 12.5 15 7.5",
  download: "M10 3v9M6 8.500l4 4 4-4M4 16.500h12",
  eye: "M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5zM10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
  file: "M5 2.500h6.500L15.5 6.500v11H5zM11 2.500V7h4.5",
  hash: "M8 3 6 17M14 3l-2 14M3.5 7.500h13M3 12.500h13",
  home: "M3 9.5 10 3.500l7 6M5 8.500V16.500h10V8.5",
  lock: "M5 9h10v8H5zM7 9V6.500a3 3 0 0 1 6 0V9",
  menu: "M3 5h14M3 10h14M3 15h14",
  moon: "M16.5 12A7 7 0 0 1 8 3.500a7 7 0 1 0 8.5 8.500z",
  more: "M10 5v.01M10 10v.01M10 15v.01",
  search: "M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4zM12.8 12.8 17 17",
  send: "M3 10 3.5 4 17 10 3.5 16zM3 10h7",
  sliders: "M3 6h8M15 6h2M13 4v4M3 14h2M9 14h8M7 12v4",
  sun: "M10 6.500a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 1.500v2M10 16.500v2M1.5 10h2M16.5 10h2M4 4l1.4 1.400M14.6 14.6 16 16M16 4l-1.4 1.400M5.4 14.6 4 16",
  thread: "M3 4h14v9H9l-4 3.500V13H3zM6.5 7.500h7M6.5 10h4",
};

/** Return the icon of that name. */
export function icon(name) {
  return svg(
    "svg",
    { class: `icon icon-${name}`, viewBox: "0 0 20 20", "aria-hidden": "true" },
    svg("path", { d: PATHS[name] }),
  );
}

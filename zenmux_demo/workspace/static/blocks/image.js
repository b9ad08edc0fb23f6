/** Renders images; one that does not load leaves its alternative text, as in Slack. */

import { h } from "../dom.js";
import { textNodes } from "../mrkdwn.js";

/** Return an image element with a written stand-in for when it fails. */
export function picture(image, className) {
  const source = image.slack_file?.id ? `/ui/file/${encodeURIComponent(image.slack_file.id)}` : image.image_url;
  const isOwn = source && new URL(source, location.href).origin === location.origin;
  // The page loads nothing from other hosts, so a foreign address goes straight to its text.
  if (!isOwn) return missing(image.alt_text, className);
  const node = h("img", { src: source, alt: image.alt_text, class: className, loading: "lazy" });
  node.addEventListener("error", () => node.replaceWith(missing(image.alt_text, className)));
  return node;
}

/** An image block with its title. */
export function image(block, ctx) {
  return h(
    "figure",
    { class: "block-image" },
    block.title && h("figcaption", {}, textNodes(block.title, ctx.directory)),
    picture(block, "picture"),
  );
}

function missing(text, className) {
  return h("span", { class: `${className} picture-missing`, role: "img", "aria-label": text }, text);
}

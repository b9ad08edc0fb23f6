/** Renders input blocks, with their hints and errors. */

import { h, uniqueId } from "../dom.js";
import { plain } from "../mrkdwn.js";
import { renderElement } from "./elements.js";

/** A labelled element; what it holds is sent with the form. */
export function input(block, ctx) {
  const labelId = uniqueId("label");
  const fieldId = uniqueId("field");
  const hintId = uniqueId("hint");
  const errorId = uniqueId("error");
  const element = renderElement(block.element, block, ctx, {
    dispatches: Boolean(block.dispatch_action),
    name: { id: fieldId, "aria-labelledby": labelId, "aria-describedby": block.hint ? `${errorId} ${hintId}` : errorId },
  });
  const isGroup = element.matches(".ticks");
  return h(
    "div",
    { class: "block-input", dataset: { block: block.block_id } },
    h(
      // A group of ticks is named by its label, but is nothing that a label can point to.
      isGroup ? "div" : "label",
      { class: "input-label", id: labelId, for: isGroup ? null : fieldId },
      plain(block.label.text),
      block.optional && h("span", { class: "optional" }, " (optional)"),
    ),
    element,
    h("div", { class: "input-error", id: errorId, role: "alert" }),
    block.hint && h("div", { class: "hint", id: hintId }, plain(block.hint.text)),
  );
}

/** Show `{block_id: text}` under their blocks, remove older errors, and go to the first. */
export function showErrors(root, errors) {
  for (const node of root.querySelectorAll(".block-input")) {
    const text = errors[node.dataset.block] ?? "";
    node.querySelector(".input-error").textContent = text;
    node.classList.toggle("invalid", Boolean(text));
    for (const field of node.querySelectorAll("input, textarea")) {
      if (text) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
  }
  root.querySelector(".invalid :is(input, textarea, button)")?.focus();
}

/** Return the numbers that Slack's client refuses by itself, before it sends a form: `{block_id: text}`. */
export function numberProblems(blocks, values) {
  const errors = {};
  for (const { type, block_id: id, element } of blocks) {
    const entered = type === "input" && element.type === "number_input" && values[id]?.[element.action_id]?.value;
    const problem = entered && numberProblem(element, entered);
    if (problem) errors[id] = problem;
  }
  return errors;
}

function numberProblem(element, text) {
  const number = Number(text);
  if (Number.isNaN(number)) return "Please write a number.";
  if (!element.is_decimal_allowed && !Number.isInteger(number)) return "Please write a whole number.";
  if (element.min_value !== undefined && number < Number(element.min_value)) return `Must be at least ${element.min_value}.`;
  if (element.max_value !== undefined && number > Number(element.max_value)) return `Must be at most ${element.max_value}.`;
  return null;
}

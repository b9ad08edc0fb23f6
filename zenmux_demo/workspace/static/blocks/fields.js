/** Renders the elements that people type into or tick. */

import { h, uniqueId } from "../dom.js";
import { textNodes } from "../mrkdwn.js";

/** A line or a box of text. */
export function plainTextInput(slot) {
  const { element } = slot;
  return typed(slot, element.multiline ? "textarea" : "input", {
    ...(element.multiline ? { rows: 4 } : { type: "text" }),
    maxlength: element.max_length,
    minlength: element.min_length,
  });
}

/** A number, whole unless decimals are allowed. */
export function numberInput(slot) {
  const { element } = slot;
  return typed(slot, "input", {
    type: "text",
    inputmode: element.is_decimal_allowed ? "decimal" : "numeric",
  });
}

/** A time of day, with its zone as a hint. */
export function timePicker(slot) {
  const { initial_time: initial, timezone } = slot.element;
  const input = picked(slot, "time", slot.entered?.selected_time ?? initial, (value) => ({
    selected_time: value || null,
    ...(timezone && { timezone }),
  }));
  return timezone ? h("span", { class: "with-hint" }, input, h("span", { class: "zone" }, timezone)) : input;
}

/** A day. */
export function datePicker(slot) {
  return picked(slot, "date", slot.entered?.selected_date ?? slot.element.initial_date, (value) => ({
    selected_date: value || null,
  }));
}

/** One of several. */
export function radioButtons(slot) {
  const initial = slot.entered?.selected_option ?? slot.element.initial_option;
  return ticks(slot, "radio", [initial], (chosen) => ({ selected_option: chosen[0] ?? null }));
}

/** Any of several. */
export function checkboxes(slot) {
  const initial = slot.entered?.selected_options ?? slot.element.initial_options ?? [];
  return ticks(slot, "checkbox", initial, (chosen) => ({ selected_options: chosen }));
}

function typed(slot, tag, props) {
  const { element } = slot;
  const onInput = element.dispatch_action_config?.trigger_actions_on?.includes("on_character_entered");
  const value = () => ({ value: input.value || null });
  const input = h(tag, {
    ...props,
    class: "field",
    ...named(slot),
    placeholder: element.placeholder?.text,
    autofocus: element.focus_on_load,
    value: slot.entered ? (slot.entered.value ?? "") : (element.initial_value ?? ""),
    dataset: { key: slot.key },
    oninput: () => (onInput ? slot.change(value()) : slot.put(value())),
    onkeydown: (event) => {
      if (event.key === "Enter" && tag === "input" && !onInput) slot.change(value());
    },
  });
  slot.put(value());
  return input;
}

function picked(slot, type, initial, toValue) {
  let told = initial ?? "";
  const tell = () => {
    if (input.value === told) return;
    told = input.value;
    slot.change(toValue(told));
  };
  const input = h("input", {
    type,
    class: "field picker",
    ...named(slot),
    value: told,
    dataset: { key: slot.key },
    oninput: () => slot.put(toValue(input.value)),
    // The browser's control changes with every part typed; the bot hears of the finished value.
    onblur: tell,
    onkeydown: (event) => event.key === "Enter" && tell(),
  });
  slot.put(toValue(told));
  return input;
}

function ticks(slot, type, initial, toValue) {
  const group = uniqueId("ticks");
  const chosen = () => slot.element.options.filter((_, index) => boxes[index].checked);
  const boxes = slot.element.options.map((option, index) =>
    h("input", {
      type,
      name: group,
      checked: initial.some((other) => other?.value === option.value),
      dataset: { key: `${slot.key}/${index}` },
      onchange: () => slot.change(toValue(chosen())),
    }),
  );
  slot.put(toValue(chosen()));
  return h(
    "div",
    { class: "ticks", role: type === "radio" ? "radiogroup" : "group", ...named(slot) },
    slot.element.options.map((option, index) =>
      h(
        "label",
        { class: "tick" },
        boxes[index],
        h(
          "span",
          {},
          textNodes(option.text, slot.ctx.directory),
          option.description && h("span", { class: "menu-description" }, textNodes(option.description, slot.ctx.directory)),
        ),
      ),
    ),
  );
}

/** Inputs are named by their label (and known to it by `id`), or by their section's text when they stand alone. */
function named(slot) {
  const { name, element } = slot;
  return name["aria-labelledby"] || name["aria-label"] ? name : { "aria-label": element.placeholder?.text ?? "Choose" };
}

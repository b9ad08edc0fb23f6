/** Finds the renderer of an interactive element. */

import { h } from "../dom.js";
import { button, overflow } from "./button.js";
import { SELECT_TYPES } from "./choices.js";
import { checkboxes, datePicker, numberInput, plainTextInput, radioButtons, timePicker } from "./fields.js";
import { picture } from "./image.js";
import { select } from "./select.js";
import { createSlot } from "./slot.js";

const RENDERERS = {
  button,
  checkboxes,
  datepicker: datePicker,
  image: (slot) => picture(slot.element, "accessory-image"),
  number_input: numberInput,
  overflow,
  plain_text_input: plainTextInput,
  radio_buttons: radioButtons,
  timepicker: timePicker,
  ...Object.fromEntries(SELECT_TYPES.map((type) => [type, select])),
};

/** Return the element; `dispatches` says whether a change goes to the bot at once. */
export function renderElement(element, block, ctx, options) {
  const render = RENDERERS[element.type];
  if (!render) return h("span", { class: "placeholder" }, `Element “${element.type}” is not shown here`);
  return render(createSlot(element, block, ctx, options));
}

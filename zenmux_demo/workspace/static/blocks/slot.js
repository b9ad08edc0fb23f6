/** The place of one interactive element: its state, its key for focus, and the way to its listener. */

/**
 * Return the slot of `element` in `block`.
 *
 * `ctx.values` has the shape of a view's `state.values` and outlives a re-rendering, as in Slack:
 * what a person entered stays as long as block_id and action_id stay.
 */
export function createSlot(element, block, ctx, { dispatches, name = {} }) {
  const blockId = block.block_id ?? "";
  const actionId = element.action_id ?? "";
  const base = { type: element.type, action_id: actionId, block_id: blockId };
  const key = `${blockId}/${actionId}`;

  const put = (value) => {
    ctx.values[blockId] ??= {};
    ctx.values[blockId][actionId] = { type: element.type, ...value };
  };

  return {
    element,
    ctx,
    key,
    name,
    /** What was entered before, or undefined. */
    entered: ctx.values[blockId]?.[actionId],
    put,
    /** Ask for the options of an external select. */
    suggest: (value) => ctx.suggest({ action_id: actionId, block_id: blockId, value }),
    /** Tell the bot; the promise ends when it has acknowledged. */
    send: (value) => ctx.act({ ...base, ...value }),
    /** Keep a new value, and tell the bot where the block asks for that. */
    change(value) {
      put(value);
      return dispatches ? ctx.act({ ...base, ...value }) : Promise.resolve();
    },
  };
}

/** Gives select menus their options: written in the block, asked of the bot, or the workspace's own. */

const FIELDS = {
  static_select: ["selected_option", "initial_option"],
  external_select: ["selected_option", "initial_option"],
  conversations_select: ["selected_conversation", "initial_conversation"],
  channels_select: ["selected_channel", "initial_channel"],
  users_select: ["selected_user", "initial_user"],
  multi_static_select: ["selected_options", "initial_options"],
  multi_external_select: ["selected_options", "initial_options"],
  multi_conversations_select: ["selected_conversations", "initial_conversations"],
  multi_channels_select: ["selected_channels", "initial_channels"],
  multi_users_select: ["selected_users", "initial_users"],
};
const DEFAULT_MIN_QUERY = 3;

/** The types of select element. */
export const SELECT_TYPES = Object.keys(FIELDS);

/**
 * Return the choices of a slot's select: `isMulti`, `initial`, `limit`, `minQuery`, `find(query)`, `value(items)`.
 *
 * An item is `{label, description, raw}`, `raw` being what Slack sends back; `find` gives `[{label, items}]`.
 */
export function choicesOf(slot) {
  const { element } = slot;
  const { directory } = slot.ctx;
  const [field, initialField] = FIELDS[element.type];
  const isMulti = element.type.startsWith("multi_");
  const kind = element.type.replace(/^multi_/, "").replace(/_select$/, "");
  const toItem = { static: optionItem, external: optionItem, users: userItem(directory) }[kind] ?? channelItem(directory);
  const entered = slot.entered?.[field] ?? element[initialField] ?? opener(slot, isMulti);
  return {
    isMulti,
    limit: element.max_selected_items ?? Infinity,
    minQuery: kind === "external" ? (element.min_query_length ?? DEFAULT_MIN_QUERY) : 0,
    initial: [entered ?? []].flat().map(toItem),
    find: finder(kind, slot, toItem),
    value: (items) => ({ [field]: isMulti ? items.map((item) => item.raw) : (items[0]?.raw ?? null) }),
  };
}

function finder(kind, slot, toItem) {
  const { element } = slot;
  const { directory } = slot.ctx;
  if (kind === "external") return async (query) => groupsOf(await slot.suggest(query));
  const groups = {
    static: () => groupsOf(element),
    users: () => [{ items: directory.users.map((user) => toItem(user.id)) }],
    channels: () => [{ items: channelIds(directory, ["public"]).map(toItem) }],
    conversations: () => [{ items: channelIds(directory, element.filter?.include).map(toItem) }],
  }[kind]();
  return async (query) =>
    groups
      .map(({ label, items }) => ({ label, items: items.filter((item) => matches(item, query)) }))
      .filter(({ items }) => items.length > 0);
}

function groupsOf({ options, option_groups: groups }) {
  if (groups) return groups.map((group) => ({ label: group.label.text, items: group.options.map(optionItem) }));
  return [{ items: (options ?? []).map(optionItem) }];
}

function channelIds(directory, kinds = ["public", "private", "im"]) {
  return directory.channels
    .filter((channel) => kinds.includes(channel.kind) && channel.is_member && !channel.is_archived)
    .map((channel) => channel.id);
}

function opener(slot, isMulti) {
  const { element, ctx } = slot;
  if (!element.default_to_current_conversation || !ctx.channel) return null;
  return isMulti ? [ctx.channel] : ctx.channel;
}

function optionItem(option) {
  return { label: option.text.text, description: option.description?.text, raw: option };
}

function userItem(directory) {
  return (id) => ({ label: directory.userName(id), raw: id });
}

function channelItem(directory) {
  return (id) => {
    const mark = { public: "# ", private: "🔒 " }[directory.channel(id)?.kind] ?? "";
    return { label: `${mark}${directory.channelName(id)}`, raw: id };
  };
}

function matches(item, query) {
  return `${item.label} ${item.description ?? ""}`.toLowerCase().includes(query.toLowerCase());
}

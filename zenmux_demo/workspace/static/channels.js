/** The bar above a conversation, with what one can do to its channel. */

import { refusal } from "./api.js";
import { iconButton, menuButton } from "./buttons.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { openMenu } from "./popup.js";
import { askName } from "./rename.js";
import { channelIcon } from "./sidebar.js";
import { toast } from "./toast.js";

/** Return the bar of a channel, or of the Home tab when `channel` is null. */
export function channelBar({ channel, directory, api, openDrawer }) {
  const { bot } = directory;
  const drawer = iconButton("menu", "Open channel list", { className: "drawer-only drawer-button", onclick: openDrawer });
  const bar = (...parts) => h("header", { class: "bar" }, drawer, parts);
  const title = (...parts) => h("h2", { class: "bar-title" }, parts);
  if (!channel) return bar(icon("home"), title(`${bot.name} Home`));
  if (channel.kind === "im") return bar(title(bot.name, h("span", { class: "badge" }, "APP")));
  const menu = menuButton("more", `Options of #${channel.name}`, {
    dataset: { key: "channel-menu" },
    open: (button) => openMenu(button, "Channel options", entries(directory.channel(channel.id), directory, api)),
  });
  const note = channel.is_archived ? "archived" : !channel.bot_is_member && `${bot.name} is not in this channel`;
  return bar(channelIcon(channel), title(channel.name, note && h("span", { class: "bar-note" }, note)), menu);
}

function entries(channel, directory, api) {
  const { bot } = directory;
  const change = async (what, extra = {}) => {
    const result = await api.post("/ui/channel", { channel: channel.id, do: what, ...extra });
    if (!result.ok) toast(refusal(result));
  };
  if (channel.is_archived) return [{ label: "Unarchive channel", run: () => change("unarchive") }];
  return [
    channel.bot_is_member
      ? { label: `Remove ${bot.name} from channel`, run: () => change("remove_bot") }
      : { label: `Add ${bot.name} to channel`, run: () => change("invite_bot") },
    { label: "Rename channel", run: () => askName(channel.name, (name) => change("rename", { name })) },
    { label: "Archive channel", danger: true, run: () => change("archive") },
  ];
}

/** Knows who and what the workspace holds, and what time it is there for the viewer. */

/** Return look-ups over the answer of `/ui/state`. */
export function createDirectory(state) {
  const users = new Map(state.users.map((user) => [user.id, user]));
  const channels = new Map(state.channels.map((channel) => [channel.id, channel]));
  const ahead = Date.parse(state.clock) - Date.now();
  const { bot, me } = state;

  const userName = (id) =>
    id === bot.user_id ? bot.name : users.get(id)?.real_name || users.get(id)?.name || id;

  const channelName = (id) => {
    const channel = channels.get(id);
    if (!channel) return id;
    return channel.kind === "im" ? bot.name : channel.name;
  };

  return {
    bot,
    me,
    users: state.users,
    channels: state.channels,
    zone: me.tz,
    channel: (id) => channels.get(id),
    channelName,
    userName,
    knowsUser: (id) => id === bot.user_id || users.has(id),
    knowsChannel: (id) => channels.has(id),
    now: () => new Date(Date.now() + ahead),
  };
}

/** Finds what can complete the word at the caret: commands, people and channels. */

/** Return `{start, entries}` with entries `{label, detail, insert, isCommand}`, or null. */
export function completionsAt(text, caret, { commands, directory, acceptsCommands }) {
  const before = text.slice(0, caret);
  if (/^\/\S*$/.test(before)) {
    if (!acceptsCommands) return null;
    return found(0, commands.filter(({ command }) => command.startsWith(before.toLowerCase())).map(commandEntry));
  }
  const word = /(?:^|\s)([@#])([^\s@#]*)$/.exec(before);
  if (!word) return null;
  const [, sign, name] = word;
  const pool = sign === "@" ? people(directory) : channels(directory);
  const entries = pool.filter((entry) => entry.label.slice(1).toLowerCase().startsWith(name.toLowerCase()));
  return found(caret - name.length - 1, entries);
}

/** Return the usage of the command that a text begins with, or an empty string. */
export function usageOf(text, commands) {
  const typed = text.split(/\s/, 1)[0];
  const known = /\s/.test(text) && commands.find(({ command }) => command === typed);
  return known ? `${known.command} ${known.usage_hint}`.trim() : "";
}

function found(start, entries) {
  return entries.length ? { start, entries } : null;
}

function commandEntry({ command, description, usage_hint: usage }) {
  return { label: `${command} ${usage ?? ""}`.trim(), detail: description, insert: `${command} `, isCommand: true };
}

function people({ bot, users }) {
  const entry = (name, detail) => ({ label: `@${name}`, detail, insert: `@${name} ` });
  const humans = users.filter((user) => user.id !== bot.user_id);
  return [entry(bot.name, "App"), ...humans.map((user) => entry(user.name, user.real_name))];
}

function channels(directory) {
  return directory.channels
    .filter(({ kind, is_archived: isArchived }) => kind !== "im" && !isArchived)
    .map(({ name }) => ({ label: `#${name}`, detail: "Channel", insert: `#${name} ` }));
}

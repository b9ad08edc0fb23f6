/** Turns the emoji names that bots use into characters. */

const EMOJI = {
  "+1": "👍", "-1": "👎", alarm_clock: "⏰", arrow_down: "⬇️", arrow_down_small: "🔽", arrow_right: "➡️",
  arrow_up: "⬆️", arrow_up_small: "🔼", bar_chart: "📊", bell: "🔔", bulb: "💡", calendar: "📆",
  chart_with_downwards_trend: "📉", chart_with_upwards_trend: "📈", clipboard: "📋", clock9: "🕘", construction: "🚧",
  date: "📅", dart: "🎯", exclamation: "❗", eyes: "👀", fire: "🔥", first_place_medal: "🥇",
  gear: "⚙️", hourglass: "⌛", hourglass_flowing_sand: "⏳", information_source: "ℹ️", key: "🔑", lock: "🔒",
  mag: "🔍", memo: "📝", moneybag: "💰", new: "🆕", no_entry: "⛔", page_facing_up: "📄", pause_button: "⏸️",
  point_right: "👉", question: "❓", raised_hands: "🙌", red_circle: "🔴", repeat: "🔁", robot_face: "🤖",
  rocket: "🚀", rotating_light: "🚨", second_place_medal: "🥈", small_red_triangle: "🔺", small_red_triangle_down: "🔻",
  smile: "😄", sparkles: "✨", speech_balloon: "💬", star: "⭐", tada: "🎉", third_place_medal: "🥉", thumbsup: "👍",
  thumbsdown: "👎", trophy: "🏆", warning: "⚠️", wave: "👋", white_check_mark: "✅", white_circle: "⚪",
  wrench: "🔧", x: "❌", zap: "⚡",
};

/** Return the character of an emoji name, or its `:name:` when it is not a common one. */
export function emoji(name) {
  return EMOJI[name] ?? `:${name}:`;
}

/** Replace the `:name:` codes of a text. */
export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (_, name) => emoji(name));
}

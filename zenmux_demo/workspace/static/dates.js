/**
 * Writes instants in the viewer's zone, with Slack's date tokens.
 * https://docs.slack.dev/messaging/formatting-message-text#date-formatting
 */

const LOCALE = "en-US";
const DAY_MS = 86_400_000;

const TOKENS = {
  date_num: (when, zone) => isoDay(when, zone),
  date: (when, zone) => longDate(when, zone, {}),
  date_short: (when, zone) => part(when, zone, { month: "short", day: "numeric", year: "numeric" }),
  date_long: (when, zone) => longDate(when, zone, { weekday: "long" }),
  time: (when, zone) => clockTime(when, zone),
  time_secs: (when, zone) => part(when, zone, { hour: "numeric", minute: "2-digit", second: "2-digit" }),
  ago: (when, zone, now) => ago(when, now),
};

/** Return `format` with its tokens filled, or null if the instant or a token is unknown. */
export function formatDate(timestamp, format, { zone, now }) {
  const when = new Date(Number(timestamp) * 1000);
  if (Number.isNaN(when.getTime())) return null;
  let known = true;
  const text = format.replace(/\{(\w+)\}/g, (whole, token) => {
    const plain = token.replace(/_pretty$/, "");
    if (!(plain in TOKENS)) {
      known = false;
      return whole;
    }
    const near = plain !== token && nearDay(when, zone, now);
    return near || TOKENS[plain](when, zone, now);
  });
  return known ? text : null;
}

/** Return the time of day, such as 9:05 AM. */
export function clockTime(when, zone) {
  return part(when, zone, { hour: "numeric", minute: "2-digit" });
}

/** Return the day as a divider in a conversation names it. */
export function dayName(when, zone, now) {
  const near = nearDay(when, zone, now);
  return near || longDate(when, zone, { weekday: "long" });
}

/** Return date, time and zone in full. */
export function fullTime(when, zone) {
  return part(when, zone, { dateStyle: "full", timeStyle: "long" });
}

/** Return weekday, date and time in few letters, as the demo's clock shows them. */
export function shortStamp(when, zone) {
  return part(when, zone, {
    weekday: "short", day: "numeric", month: "short", year: "numeric",
    hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
  });
}

/** Return the instant of a message's `ts`. */
export function instantOf(ts) {
  return new Date(Number(ts) * 1000);
}

function part(when, zone, options) {
  // Newer engines put a narrow no-break space before AM; people copy and search for a plain one.
  return new Intl.DateTimeFormat(LOCALE, { timeZone: zone, ...options }).format(when).replace(/\u202f/g, " ");
}

function isoDay(when, zone) {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(when);
}

function longDate(when, zone, { weekday }) {
  const day = Number(part(when, zone, { day: "numeric" }));
  const month = part(when, zone, { month: "long" });
  const year = part(when, zone, { year: "numeric" });
  const head = weekday ? `${part(when, zone, { weekday })}, ` : "";
  return `${head}${month} ${day}${ordinal(day)}, ${year}`;
}

function ordinal(day) {
  if (day % 100 >= 11 && day % 100 <= 13) return "th";
  return { 1: "st", 2: "nd", 3: "rd" }[day % 10] ?? "th";
}

function nearDay(when, zone, now) {
  const days = Math.round((Date.parse(isoDay(when, zone)) - Date.parse(isoDay(now, zone))) / DAY_MS);
  return { "-1": "Yesterday", 0: "Today", 1: "Tomorrow" }[days] ?? null;
}

function ago(when, now) {
  const seconds = (when - now) / 1000;
  const steps = [["day", 86_400], ["hour", 3600], ["minute", 60]];
  const [unit, size] = steps.find(([, limit]) => Math.abs(seconds) >= limit) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(LOCALE, { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

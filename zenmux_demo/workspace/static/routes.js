/** Keeps who one is, where one is and which thread is open in the page's address, so that a reload stays there. */

/** Return `{user, place, thread}` of the address; parts that are missing are null. */
export function readRoute() {
  const [user, place, thread] = location.hash.slice(1).split("/").map(decodeURIComponent);
  return { user: user || null, place: place || null, thread: thread || null };
}

/** Write the address without adding to the history's length for each click. */
export function writeRoute({ user, place, thread }) {
  const parts = [user, place, thread].filter(Boolean).map(encodeURIComponent);
  history.replaceState(null, "", `#${parts.join("/")}`);
}

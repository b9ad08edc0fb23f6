/** Talks to the workspace: JSON over fetch, live updates over server-sent events. */

/** Return the calls of one person, `user`; null means the workspace's first. */
export function createApi(user) {
  const get = (path, params = {}) =>
    answer(fetch(`${path}?${new URLSearchParams(user ? { user, ...params } : params)}`));

  const post = (path, body) =>
    answer(
      fetch(path, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(user ? { user, ...body } : body),
      }),
    );

  return { get, post };
}

/** Call `onEvent` with each live event, `onLine` with true or false as the line comes and goes. */
export function listen(user, { onEvent, onLine }) {
  const source = new EventSource(`/ui/stream?${new URLSearchParams({ user })}`);
  source.onmessage = (event) => onEvent(JSON.parse(event.data));
  source.onopen = () => onLine(true);
  source.onerror = () => onLine(false);
  // A page that is being left must not report its own farewell as a lost line.
  addEventListener("pagehide", () => source.close());
}

/** Wait for a response; whatever happens, the result is `{ok, …}` and never an exception. */
async function answer(request) {
  try {
    return await (await request).json();
  } catch {
    return { ok: false, error: "unreachable", message: "The workspace does not answer. Is the demo still running?" };
  }
}

/** Return the words of a refusal. */
export function refusal(result) {
  return result.message || `Slack refused this: ${result.error}`;
}

/** Wires the page together: where one is, what arrives, and who is told of it. */

import { createApi, listen, refusal } from "./api.js";
import { channelBar } from "./channels.js";
import { createComposer } from "./composer.js";
import { shortStamp } from "./dates.js";
import { createDirectory } from "./directory.js";
import { h } from "./dom.js";
import { createHome } from "./home.js";
import { showJson } from "./json.js";
import { createTimeline } from "./messages.js";
import { createModals } from "./modal.js";
import { morph } from "./morph.js";
import { openMenu } from "./popup.js";
import { readRoute, writeRoute } from "./routes.js";
import { createSidebar } from "./sidebar.js";
import { themeButton } from "./theme.js";
import { createThreads } from "./threads.js";
import { toast } from "./toast.js";

const pane = document.getElementById("place");
const route = readRoute();
let state = await firstState();
// One object whose look-ups are replaced, so that whoever holds it sees renamed channels and the moved clock.
const directory = createDirectory(state);
const api = createApi(state.me.id);
const unread = new Map();
const entered = new Map();
// The newest that was seen in each place; what is older than the page counts as seen.
const seen = new Map();
const opened = String(directory.now() / 1000);
let place = null;
let timeline = null;
let home = null;
let wasLost = false;

const modals = createModals({ api, directory, channel: () => (place === "home" ? null : place) });
const threads = createThreads({
  root: document.getElementById("thread"),
  parts: { directory, contextOf, openMore },
  commands: state.commands,
  openShortcuts,
  send: (text, ts) => send(text, ts),
  onClose: (ts) => {
    writeRoute({ user: state.me.id, place });
    const parent = timeline?.root.querySelector(`[data-ts="${ts}"]`);
    (parent?.querySelector(".replies") ?? parent)?.focus();
  },
});
const sidebar = createSidebar({
  root: document.getElementById("sidebar"),
  api,
  getState: () => state,
  getDirectory: () => directory,
  go,
  become: (user) => {
    // A person sees other channels, messages and forms: everything starts anew.
    writeRoute({ user, place: place?.startsWith("D") ? null : place });
    location.reload();
  },
  theme: themeButton(),
});

const ARRIVALS = {
  message: ({ message }) => onMessage(message),
  message_changed: ({ message }) => onChanged(message),
  message_deleted: ({ message }) => onDeleted(message),
  view_opened: ({ view }) => modals.open(view),
  view_updated: ({ view }) => modals.update(view),
  view_closed: ({ view }) => modals.close(view.id),
  home: ({ view }) => place === "home" && home.show(view),
  channels: refreshState,
  clock: async () => {
    await refreshState();
    toast(`The time is now ${shortStamp(directory.now(), directory.zone)}.`);
  },
  outages: refreshState,
  notice: ({ text }) => toast(text),
};

listen(state.me.id, {
  onEvent: (event) => ARRIVALS[event.type]?.(event),
  onLine: async (isUp) => {
    document.body.classList.toggle("offline", !isUp);
    if (isUp && wasLost) await catchUp();
    wasLost = !isUp;
  },
});
await go(directory.knowsChannel(route.place) || route.place === "home" ? route.place : firstPlace());
if (route.thread) await openThread(route.thread);

async function firstState() {
  const first = await createApi(null).get("/ui/state");
  const isOther = route.user !== first.me.id && first.users.some(({ id }) => id === route.user);
  return isOther ? createApi(route.user).get("/ui/state") : first;
}

function firstPlace() {
  return directory.knowsChannel(state.start) ? state.start : directory.channels[0].id;
}

async function refreshState() {
  state = await api.get("/ui/state");
  Object.assign(directory, createDirectory(state));
  sidebar.draw(place, unread);
  if (place === "home") return;
  drawFrame();
  timeline.redate();
}

/** Show what came while the line was down; what is being written stays. */
async function catchUp() {
  await refreshState();
  if (place === "home") return home.show((await api.get("/ui/home")).view);
  const { messages } = await api.get("/ui/messages", { channel: place });
  timeline.show(messages);
  const ts = threads.openTs();
  if (ts) threads.refresh((await api.get("/ui/thread", { channel: place, ts })).messages);
}

async function go(to) {
  const moved = place !== to;
  place = to;
  unread.delete(to);
  if (moved) threads.close();
  writeRoute({ user: state.me.id, place: to });
  sidebar.draw(to, unread);
  if (to === "home") await showHome();
  else await showChannel();
}

async function showHome() {
  home = createHome({
    directory,
    act: (view, action, values) => act({ view_id: view.id, action, state: { values } }),
    suggest: (view, query) => api.post("/ui/options", { view_id: view.id, ...query }),
  });
  delete pane.dataset.frame;
  pane.replaceChildren(channelBar({ channel: null, directory, api, openDrawer: sidebar.open }), home.root);
  entitle(`${directory.bot.name} Home`);
  home.show((await api.get("/ui/home")).view);
  await act(null, "/ui/home/open");
}

async function showChannel() {
  const here = place;
  const { messages, ...result } = await api.get("/ui/messages", { channel: here });
  if (here !== place) return;
  if (!messages) return toast(refusal(result));
  timeline = createTimeline({
    label: `Messages in ${directory.channelName(here)}`,
    empty: "No messages here yet.",
    directory,
    contextOf,
    openThread,
    openMore,
  });
  drawFrame();
  timeline.show(messages, seen.get(here) ?? opened);
  see(messages.at(-1));
}

function see(message) {
  if (message) seen.set(message.channel, message.ts);
}

function drawFrame() {
  const channel = directory.channel(place);
  const name = channel.kind === "im" ? directory.bot.name : `#${channel.name}`;
  const bar = channelBar({ channel, directory, api, openDrawer: sidebar.open });
  entitle(name);
  if (pane.dataset.frame === `${channel.id} ${channel.is_archived} ${name}` && timeline.root.isConnected) {
    morph(pane.querySelector(".bar"), bar);
    return;
  }
  pane.dataset.frame = `${channel.id} ${channel.is_archived} ${name}`;
  const composer = channel.is_archived
    ? h("p", { class: "closed-note" }, "This channel is archived. It can be read, but nothing new can be written.")
    : createComposer({
        label: `Message ${name}`,
        commands: state.commands,
        directory,
        send,
        openShortcuts,
        suggestions: channel.id === state.start ? state.suggestions : [],
      }).root;
  pane.replaceChildren(bar, timeline.root, composer);
}

function entitle(name) {
  document.title = name;
  document.getElementById("title").textContent = name;
}

async function send(text, thread = null) {
  const result = await api.post("/ui/send", { channel: place, text, ...(thread && { thread_ts: thread }) });
  if (result.ok && !thread) timeline.follow();
  return result;
}

async function openThread(ts) {
  const { messages, ...result } = await api.get("/ui/thread", { channel: place, ts });
  if (!messages) return toast(refusal(result));
  writeRoute({ user: state.me.id, place, thread: ts });
  threads.show(directory.channel(place), ts, messages);
}

function contextOf(message) {
  const key = `${message.channel}/${message.ts}`;
  if (!entered.has(key)) entered.set(key, {});
  const values = entered.get(key);
  const where = { channel: message.channel, message_ts: message.ts };
  return {
    directory,
    values,
    channel: message.channel,
    act: (action) => act({ ...where, action, state: { values } }),
    suggest: (query) => api.post("/ui/options", { ...where, ...query }),
  };
}

async function act(body, path = "/ui/action") {
  const result = await api.post(path, body ?? {});
  if (!result.ok) toast(refusal(result));
}

function openShortcuts(button) {
  const entries = state.shortcuts
    .filter(({ type }) => type === "global")
    .map(({ name, description, callback_id, type }) => ({
      label: name,
      description,
      run: () => act({ callback_id, type }, "/ui/shortcut"),
    }));
  if (entries.length) openMenu(button, "Shortcuts", entries);
  else toast("This app has no shortcuts.");
}

function openMore(message, button) {
  const shortcuts = message.ephemeral ? [] : state.shortcuts.filter(({ type }) => type === "message");
  openMenu(button, "Message actions", [
    ...shortcuts.map(({ name, description, callback_id, type }) => ({
      label: name,
      description,
      run: () => act({ callback_id, type, channel: message.channel, message_ts: message.ts }, "/ui/shortcut"),
    })),
    { label: "View JSON", run: () => showJson("Message JSON", message, message.blocks) },
  ]);
}

function isReply(message) {
  return Boolean(message.thread_ts) && message.thread_ts !== message.ts && message.subtype !== "thread_broadcast";
}

function onMessage(message) {
  if (message.channel !== place) {
    if (message.user !== state.me.id) {
      unread.set(message.channel, (unread.get(message.channel) ?? 0) + 1);
      sidebar.draw(place, unread);
    }
    return;
  }
  see(message);
  if (!isReply(message)) timeline.put(message);
  else if (threads.isOpen(message.channel, message.thread_ts)) threads.put(message);
}

function onChanged(message) {
  if (message.channel !== place) return;
  if (!isReply(message)) timeline.put(message);
  if (threads.isOpen(message.channel, message.thread_ts ?? message.ts)) threads.put(message);
}

function onDeleted(message) {
  if (message.channel !== place) return;
  timeline.remove(message.ts);
  if (threads.isOpen(message.channel, message.thread_ts ?? message.ts)) threads.remove(message.ts);
}

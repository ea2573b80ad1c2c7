// The page of an emulated phone: it asks and shows, and knows nothing that the phone has not said.
import { drawCall, drawScreen, showOff } from "./face.js";
import { listenToKeys } from "./keys.js";
import { Link } from "./link.js";
import { followLevels } from "./levels.js";
import { followRecord } from "./log.js";
import { followMessages } from "./messages.js";
import { desk, part, put, say, words } from "./page.js";
import { followCall, followStick } from "./panel.js";
import { followRecordings } from "./recordings.js";
import { followPlayback } from "./sound.js";

const link = new Link(desk.dataset.csrf, words.lost);
let screen = null;

const ask = (method, params) => link.ask(method, params).catch((error) => say(error.message));

function show(shown) {
  if (!shown) return;
  screen = shown;
  drawScreen(shown);
}

function showPhone(phone) {
  if (!phone) return;
  put(part("model"), phone.model);
  const state = phone.account ? `${phone.account} · ${words[`registered_${phone.registered}`]}` : words.no_account;
  put(part("account"), state);
  part("account").classList.toggle("bad", phone.registered === "failed");
  put(part("problem"), phone.problem);
}

// Which events are sent only to those who want them.
const wanted = new Set();
function watch(event, seen) {
  if (wanted.has(event) === seen) return;
  if (seen) wanted.add(event);
  else wanted.delete(event);
  if (link.isUp) ask("events.watch", { events: [...wanted] });
}

link.on("up", (phone) => {
  showOff(false);
  showPhone(phone);
  if (wanted.size) ask("events.watch", { events: [...wanted] });
});
link.on("down", () => showOff(true));
link.on("screen", show);
link.on("call", drawCall);
link.on("phone", showPhone);

listenToKeys(
  (key) => ask("key.press", { key }).then(show),
  (text) => ask("text.type", { text }).then(show),
  () => screen?.edit != null,
);
followCall(link, ask);
followStick(link, ask);
followRecordings(link, ask);
followRecord(link);
followPlayback(link, () => ask("phone.get"));
followLevels(link, (seen) => watch("levels", seen));
followMessages(link, (seen) => watch("message", seen));
link.connect();

// The recordings on the drive: listed as they change, one of them heard, exported or deleted.
import "/static/player.js";
import { duration, shown } from "/static/text.js";
import { part, put, say, size, words } from "./page.js";

const PATH = "/api/v1/recordings/";

export function followRecordings(link, ask) {
  const section = part("recordings");
  const detail = part("detail");
  const question = part("question");
  let listed = [];
  let chosen = "";

  const choose = (name) => {
    const recording = listed.find((one) => one.name === name);
    if (name !== chosen && recording) open(detail, recording);
    if (name !== chosen) part("player", detail).querySelector("audio").pause();
    chosen = recording ? name : "";
    detail.hidden = !chosen;
    mark(section, chosen);
    if (chosen) detail.scrollIntoView({ block: "nearest" });
  };
  link.on("recordings", ({ recordings, problem }) => {
    listed = recordings;
    put(part("recordings-count", section), String(recordings.length));
    put(part("recordings-none", section), shown(problem) || words.no_recordings);
    part("recordings-none", section).hidden = recordings.length > 0;
    part("recordings-table", section).hidden = recordings.length === 0;
    fill(section, recordings, choose);
    if (!recordings.some((one) => one.name === chosen)) choose("");
    mark(section, chosen);
  });
  part("detail-close", detail).addEventListener("click", () => choose(""));
  part("detail-play", detail).addEventListener("click", () => ask("playback.start", { name: chosen }));
  part("detail-export", detail).addEventListener("click", async () => {
    const exported = await ask("recordings.export", { name: chosen });
    if (exported) say(words.exported.replace("{}", shown(exported.path)), true);
  });
  part("detail-delete", detail).addEventListener("click", () => {
    put(part("question-name", question), chosen);
    question.returnValue = "";
    question.showModal();
  });
  question.addEventListener("close", () => {
    if (question.returnValue === "delete") ask("recordings.delete", { name: chosen });
  });
}

function fill(section, recordings, choose) {
  const body = part("recordings-rows", section);
  const template = part("recordings-row", section);
  const focused = body.contains(document.activeElement) ? document.activeElement.closest("tr").dataset.name : "";
  const rows = recordings.map((recording) => row(template, recording, choose));
  body.replaceChildren(...rows);
  if (focused) rows.find((one) => one.dataset.name === focused)?.querySelector("button").focus();
}

function row(template, recording, choose) {
  const made = template.content.firstElementChild.cloneNode(true);
  made.dataset.name = recording.name;
  const button = part("open", made);
  put(button, started(recording));
  button.addEventListener("click", () => choose(recording.name));
  made.addEventListener("click", (event) => {
    if (!event.target.closest("button")) choose(recording.name);
  });
  put(part("length", made), duration(recording.duration_s));
  put(part("codec", made), shown(recording.codec));
  put(part("size", made), size(recording.size));
  const damaged = part("damaged", made);
  damaged.hidden = !recording.problem;
  damaged.title = shown(recording.problem);
  part("running", made).hidden = !recording.running;
  return made;
}

function mark(section, chosen) {
  for (const one of part("recordings-rows", section).children) {
    part("open", one).setAttribute("aria-pressed", one.dataset.name === chosen);
    one.classList.toggle("chosen-row", one.dataset.name === chosen);
  }
}

function open(detail, recording) {
  const at = PATH + encodeURIComponent(recording.name);
  const player = part("player", detail);
  put(part("detail-title", detail), started(recording));
  put(part("detail-name", detail), recording.name);
  put(part("detail-problem", detail), shown(recording.problem));
  part("detail-problem", detail).hidden = !recording.problem;
  player.dataset.duration = recording.duration_s;
  const picture = `url("${new URL(`${at}/waveform.svg`, location.href)}")`;
  for (const bars of player.querySelectorAll(".bars")) bars.style.maskImage = picture;
  part("wave", player).setAttribute("aria-valuemax", Math.round(recording.duration_s));
  put(part("length", player), duration(recording.duration_s));
  player.querySelector("audio").src = `${at}/audio.wav`;
  part("detail-wav", detail).href = `${at}/audio.wav?download=true`;
  part("detail-record", detail).href = `${at}/record`;
}

function started(recording) {
  return shown(recording.started_at).replace("T", " ").slice(0, 19) || recording.name;
}

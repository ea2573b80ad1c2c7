import { duration } from "./text.js";

const STEP_S = 5;

for (const player of document.querySelectorAll("[data-player]")) {
  const part = (name) => player.querySelector(`[data-${name}]`);
  const audio = player.querySelector("audio");
  const wave = part("wave");
  // What the recording's page knows, until the browser has read the audio's head.
  const length = () => (Number.isFinite(audio.duration) ? audio.duration : Number(player.dataset.duration)) || 1;
  const mask = `url("${new URL(wave.dataset.src, location.href)}")`;
  for (const bars of wave.querySelectorAll(".bars")) bars.style.maskImage = mask;

  const show = () => {
    const share = Math.min(audio.currentTime / length(), 1);
    part("played").style.clipPath = `inset(0 ${100 - 100 * share}% 0 0)`;
    part("cursor").style.left = `${100 * share}%`;
    part("now").textContent = duration(audio.currentTime);
    wave.setAttribute("aria-valuenow", Math.round(audio.currentTime));
    wave.setAttribute("aria-valuetext", duration(audio.currentTime));
  };
  const seek = (seconds) => {
    audio.currentTime = Math.min(Math.max(seconds, 0), length());
    show();
  };
  const seekTo = (event) => {
    const box = wave.getBoundingClientRect();
    seek(((event.clientX - box.left) / box.width) * length());
  };

  wave.addEventListener("pointerdown", (event) => {
    wave.setPointerCapture(event.pointerId);
    seekTo(event);
  });
  wave.addEventListener("pointermove", (event) => {
    if (event.buttons & 1) seekTo(event);
  });
  wave.addEventListener("keydown", (event) => {
    const keys = {
      ArrowLeft: () => seek(audio.currentTime - STEP_S),
      ArrowRight: () => seek(audio.currentTime + STEP_S),
      Home: () => seek(0),
      End: () => seek(length()),
      " ": () => (audio.paused ? audio.play() : audio.pause()),
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });

  let frame = 0;
  const follow = () => {
    show();
    frame = audio.paused ? 0 : requestAnimationFrame(follow);
  };
  audio.addEventListener("play", () => { frame = frame || requestAnimationFrame(follow); });
  for (const event of ["timeupdate", "seeked", "loadedmetadata"]) audio.addEventListener(event, show);
  show();
}

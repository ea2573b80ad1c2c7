// What the phone plays back is heard here, where the phone has no loudspeaker of its own.
import { part } from "./page.js";

const NEAR_S = 0.3;

export function followPlayback(link, getPhone) {
  const audio = part("sound");
  const button = part("sound-button");
  audio.preservesPitch = true;
  let heard = false;
  let told = null;

  const follow = () => {
    if (!told?.name || told.ended || !heard) {
      audio.pause();
      button.hidden = true;
      return;
    }
    const src = `/api/v1/recordings/${encodeURIComponent(told.name)}/audio.wav`;
    if (audio.getAttribute("src") !== src) audio.src = src;
    audio.playbackRate = told.speed;
    if (Math.abs(audio.currentTime - told.position_s) > NEAR_S) audio.currentTime = told.position_s;
    if (told.paused) audio.pause();
    else if (audio.paused && !audio.ended) play();
  };
  // A browser plays nothing before somebody has pressed something on the page.
  const play = () => audio.play().then(
    () => { button.hidden = true; },
    (error) => { button.hidden = error.name !== "NotAllowedError"; },
  );
  const ask = () => getPhone().then((phone) => {
    heard = phone?.sound === "browser";
    follow();
  });

  button.addEventListener("click", follow);
  link.on("up", (phone) => {
    heard = phone.sound === "browser";
    follow();
  });
  link.on("settings", ask);
  link.on("playback", (playback) => {
    told = playback;
    follow();
  });
  link.on("down", () => {
    told = null;
    follow();
  });
}

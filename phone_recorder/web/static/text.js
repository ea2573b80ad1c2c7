// Text of callers, made safe to look at: nothing that steers a terminal or turns the reading direction.
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}]/gu;
const LONGEST = 200;

export function shown(text) {
  const letters = [...String(text)];
  const kept = letters.slice(0, LONGEST).join("") + (letters.length > LONGEST ? "..." : "");
  return kept.replace(HIDDEN, "\uFFFD");
}

// 0:07, 12:34, 1:02:03
export function duration(seconds) {
  const whole = Math.max(Math.floor(seconds), 0);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

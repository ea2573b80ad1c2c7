// Meters for the near party, the far party and the mix, told only while they are seen.
import { parts, put, part, whileSeen } from "./page.js";

const SILENT_DB = -60;

export function followLevels(link, watch) {
  const section = part("levels");
  const rows = parts("level", section);
  const show = (levels) => {
    for (const row of rows) {
      const db = levels[row.dataset.level] ?? null;
      part("meter", row).value = db ?? SILENT_DB;
      put(part("db", row), db === null ? "–" : `${db.toFixed(0)} dB`);
    }
  };
  link.on("levels", show);
  link.on("down", () => show({}));
  whileSeen(section, (seen) => {
    watch(seen);
    if (!seen) show({});
  });
}

// What a task leaves that is run with other options: other files, in other folders. Like a careful user's it makes its folders
// itself, and like a careless one's it does not expect them to be there.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export function leave(folder: string, version: number): void {
  mkdirSync(join(folder, `frames_${version}`), { recursive: true });
  mkdirSync(join(folder, "all"), { recursive: true });
  for (let i = 0; i < 6 * version; i++) writeFileSync(join(folder, `frames_${version}/f_${i}`), `${version}`);
  for (let i = 0; i < 9 / version; i++) writeFileSync(join(folder, `all/f_${i}`), `${version}`);
}

// Results that would stand, were their files as they were left: told by name, because somebody removed or changed them,
// maybe without knowing. Of a thousand only the first few are told, and then that there are more.
import type { Reasons } from "../cache/verdict.ts";
import { never } from "../core/never.ts";
import type { TaskName } from "../core/task.ts";
import { sayTarget } from "../report/say-failure.ts";
import { sayReasons } from "../report/say-verdict.ts";

const mostTold = 10;

export function staleTold(tell: (message: string) => void): (task: TaskName, reasons: Reasons) => void {
  let told = 0;
  return ({ block, sample }, reasons) => {
    const files = reasons.filter(isAboutFiles);
    if (files.length === 0 || told > mostTold) return;
    told += 1;
    tell(
      told > mostTold
        ? "more tasks run again because their files are not as they left them; `pipe explain` names all of them"
        : `${block} on ${sayTarget(sample)} runs again: ${sayReasons(files)}`,
    );
  };
}

function isAboutFiles(reason: Reasons[number]): boolean {
  switch (reason.kind) {
    case "output-missing":
    case "output-changed":
    case "output-replaced":
    case "record-unreadable":
      return true;
    case "never-run":
    case "caching-disabled":
    case "forced":
    case "issue-retried":
    case "key-version":
    case "options-changed":
    case "code-changed":
    case "sample-changed":
    case "runs-before":
      return false;
    default:
      return never(reason);
  }
}

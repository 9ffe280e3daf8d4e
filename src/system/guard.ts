// A process that does nothing but wait for the launcher's end. A launcher that is killed with KILL can end nobody any more,
// and its workers are killed with it before they can: what they had started would run on for ever, with nobody to know of
// it. The guard sees its standard input end and ends everything that carries the run's mark.
import { childEnvironment, type Environment } from "./child-environment.ts";
import { marked } from "./process-mark.ts";
import { endTree } from "./process-tree.ts";

export interface Guard {
  /** All is ended: it is not needed any more. Resolves when it is gone. */
  dismiss(): Promise<void>;
}

/** A guard that cannot be started is done without. */
export function startGuard(start: {
  readonly command: readonly string[];
  readonly environment: Environment;
  readonly mark: string;
}): Guard {
  try {
    const child = Bun.spawn([...start.command], {
      // Without the mark: it must not end itself.
      env: childEnvironment(start.environment),
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
    });
    child.stdin.write(`${start.mark}\n`);
    void child.stdin.flush();
    child.unref();
    return {
      dismiss: async () => {
        try {
          child.stdin.write(`${dismissed}\n`);
          await child.stdin.end();
        } catch {
          // It has gone before.
        }
        await child.exited;
      },
    };
  } catch {
    return { dismiss: async () => {} };
  }
}

const dismissed = "dismissed";

/** What the guard process does. */
export async function guardMain(input: ReadableStream<Uint8Array>, grace: number): Promise<void> {
  const words = (await new Response(input).text()).split("\n");
  const [mark = ""] = words;
  // A mark is long: ending all that carries a short one would end what is not ours.
  if (words.includes(dismissed) || mark.length < 20) return;
  await endTree({ pid: null, group: null, mark: marked(mark) }, { grace });
}

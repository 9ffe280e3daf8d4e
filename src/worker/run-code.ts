// A block that is TypeScript, run in this process. It cannot be stopped from inside: when it has to end, it is given up,
// and the process that may still be running it takes no further task.
import type { Outcome } from "../core/outcome.ts";
import { failed, succeeded } from "../core/outcome.ts";
import type { Ending } from "./ending.ts";
import { type Escapes, LeftTheProcess } from "./escapes.ts";
import { outcomeOfThrown } from "./what-was-thrown.ts";

export type CodeEnding =
  | { readonly kind: "ended"; readonly outcome: Outcome }
  /** The code may still be running. */
  | { readonly kind: "given-up"; readonly outcome: Outcome };

export interface CodeWork {
  run(): unknown;
  /** The block's verdict on what came of it: true, false, or why not. Null where it has none. */
  readonly validate: (() => unknown) | null;
}

export async function runCode(work: CodeWork, ending: Ending, escapes: Escapes): Promise<CodeEnding> {
  const escaped = escapes.watch();
  try {
    return await Promise.race([
      worked(work).then(async (outcome): Promise<CodeEnding> => {
        // What a call without `await` has thrown by now is heard of in the next turn, and would be nobody's then.
        await new Promise((resolve) => setImmediate(resolve));
        return { kind: "ended", outcome };
      }),
      ending.ordered.then((order): CodeEnding => ({ kind: "given-up", outcome: failed(order.failure) })),
      escaped.then((failure): CodeEnding => ({ kind: "given-up", outcome: failed(failure) })),
    ]);
  } finally {
    escapes.unwatch();
  }
}

async function worked(work: CodeWork): Promise<Outcome> {
  try {
    await work.run();
    if (work.validate === null) return succeeded;
    return judged(await work.validate());
  } catch (thrown) {
    if (thrown instanceof LeftTheProcess) return failed({ kind: "exited", status: thrown.status });
    return outcomeOfThrown(thrown);
  }
}

function judged(verdict: unknown): Outcome {
  if (verdict === true) return succeeded;
  if (verdict === false || verdict === "") {
    return { kind: "issue", message: "validateSample says that the sample is not valid" };
  }
  if (typeof verdict === "string") return { kind: "issue", message: verdict };
  // Most likely a forgotten `return`: taken for a success it would let every sample through.
  const message = `validateSample returned ${Bun.inspect(verdict)}; it returns true, or a text that says why not`;
  return failed({ kind: "exception", name: "TypeError", message, stack: [] });
}

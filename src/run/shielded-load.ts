// A pipeline file is the user's code, and it runs in the launcher while it is loaded: what it prints, throws in passing or
// ends must not become a result, a bug of ours, or an early end with status 0.
import type { Pipeline } from "../api/pipeline.ts";
import { diagnostic, type Refusal, refuse } from "../core/diagnostic.ts";
import type { Failure } from "../core/failure.ts";
import { failureWords } from "../report/say-failure-kind.ts";
import { standardOutputToError } from "../system/standard-output.ts";
import { watchEscapes } from "../worker/escapes.ts";

/**
 * @param file the pipeline file, for the messages.
 * @throws Refusal where the file ends the process, or leaves behind what nobody catches.
 */
export async function shielded(file: string, load: () => Promise<Pipeline>): Promise<Pipeline> {
  const restoreStandardOutput = standardOutputToError();
  const escapes = watchEscapes("shared-process");
  let escaped: Failure | null = null;
  const escaping = escapes.watch().then((failure) => {
    escaped ??= failure;
    throw refusal(file, escaped);
  });
  escaping.catch(() => {});
  try {
    const pipeline = await Promise.race([load(), escaping]);
    // What a call without `await` has thrown by now is heard of in the next turn.
    await new Promise((resolve) => setImmediate(resolve));
    if (escaped !== null) throw refusal(file, escaped);
    return pipeline;
  } catch (error) {
    // Whoever is kept from ending the process throws instead: the cause is told, not what came of it.
    throw escaped === null ? error : refusal(file, escaped);
  } finally {
    escapes.unwatch();
    escapes.close();
    restoreStandardOutput();
  }
}

function refusal(file: string, failure: Failure): Refusal {
  const place = { file, line: null, column: null, text: null, length: 1 };
  if (failure.kind === "exited") {
    return refuse(
      diagnostic(
        "pipeline-exits",
        `the pipeline ends the process (status ${failure.status}) when it is loaded`,
        {
          place,
          hint: "a pipeline file only says what is to be done; leave the ending to `pipe`",
        },
      ),
    );
  }
  return refuse(
    diagnostic("pipeline-threw", `the pipeline could not be loaded: ${failureWords(failure).line}`, {
      place,
      notes: failure.kind === "exception" ? failure.stack.slice(0, 6) : [],
      hint: "nobody waits for what threw it: is an `await` missing?",
    }),
  );
}

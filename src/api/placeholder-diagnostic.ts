// What to tell about a placeholder in a command that cannot be meant so.
import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import { never } from "../core/never.ts";
import type { PlaceholderProblem } from "../core/placeholder.ts";

/** `element` is the argument of the command that holds the placeholder. */
export function placeholderDiagnostic(
  problem: PlaceholderProblem,
  element: string,
  where: { readonly name: string; readonly earlier: readonly string[] },
): Diagnostic {
  const at = `${where.name}: in ${JSON.stringify(element)}`;
  const braces = "braces that are meant as such are doubled: `{{` and `}}`";
  const known =
    "{sample.id}, {sample.path}, {sample.config.Block_0.key}, {sample.statistics.Block_0.key}, {dataset.path}";
  const tell = (what: string, hint: string): Diagnostic =>
    diagnostic("bad-placeholder", `${at}: ${what}`, { hint });
  switch (problem.kind) {
    case "unclosed":
      return tell(`the \`{\` at character ${problem.at + 1} has no \`}\``, braces);
    case "unopened":
      return tell(`the \`}\` at character ${problem.at + 1} has no \`{\``, braces);
    case "empty":
      return tell("`{}` names nothing", `write ${known}; ${braces}`);
    case "unknown":
      return tell(
        `unknown placeholder \`${problem.source}\``,
        problem.nearest === null ? `known: ${known}; ${braces}` : `did you mean \`${problem.nearest}\`?`,
      );
    case "no-earlier-block": {
      const earlier =
        where.earlier.length === 0 ? "it is the first block" : `earlier blocks: ${where.earlier.join(", ")}`;
      return tell(
        `\`${problem.source}\` names ${problem.block}, which is no earlier block`,
        problem.nearest === null ? earlier : `did you mean \`${problem.nearest}\`?`,
      );
    }
    case "no-value-named":
      return tell(`\`${problem.source}\` names no value`, "write {sample.config.Block_0.key}");
    case "no-sample-here":
      return problem.scope === "dataset"
        ? tell(
            `\`${problem.source}\` in a block over the whole dataset, which has no sample`,
            "known: {dataset.path}",
          )
        : tell(
            `\`${problem.source}\` in a persistent command, which is started once for many samples`,
            "it gets each sample as a line of JSON on its standard input; known here: {dataset.path}",
          );
    default:
      return never(problem);
  }
}

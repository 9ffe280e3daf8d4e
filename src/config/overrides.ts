// `[blocks.NAME]` of pipe.toml applied to the blocks of a pipeline. NAME is a block's unique name (`Simulate_0`), or a type
// (`Simulate`): then it is meant for every block of that type, and a table with the unique name wins over it.

import type { BlockSpec } from "../core/block.ts";
import { type Diagnostic, diagnostic, refuse } from "../core/diagnostic.ts";
import { nearest } from "../core/nearest.ts";
import type { BlockOverride } from "./config.ts";

/** @throws Refusal that names every override of a block that the pipeline does not have. */
export function applyOverrides(
  specs: readonly BlockSpec[],
  overrides: readonly BlockOverride[],
): readonly BlockSpec[] {
  const names = new Set<string>(specs.map((spec) => spec.name));
  const types = new Set(specs.map((spec) => spec.type));
  const unknown = overrides.filter(({ name }) => !names.has(name) && !types.has(name));
  if (unknown.length > 0) throw refuse(...unknown.map((one) => unknownBlock(one, [...names, ...types])));
  return specs.map((spec) => {
    const ofType = overrides.filter(({ name }) => name === spec.type && !names.has(name));
    const ofName = overrides.filter(({ name }) => name === spec.name);
    return [...ofType, ...ofName].reduce(overridden, spec);
  });
}

function unknownBlock({ name, place }: BlockOverride, known: readonly string[]): Diagnostic {
  const near = nearest(name, known);
  return diagnostic(
    "unknown-block",
    `\`[blocks.${name}]\` is about a block that the pipeline does not have`,
    {
      place,
      hint: near === null ? `its blocks: ${known.join(", ")}` : `did you mean \`[blocks.${near}]\`?`,
    },
  );
}

function overridden(spec: BlockSpec, { values }: BlockOverride): BlockSpec {
  const { partition, account, qos, constraint, reservation } = values;
  const words = Object.entries({ partition, account, qos, constraint, reservation }).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  return {
    ...spec,
    needs: {
      cpus: values.cpus ?? spec.needs.cpus,
      memory: values.memory ?? spec.needs.memory,
      gpus: values.gpus ?? spec.needs.gpus,
      time: values.time ?? spec.needs.time,
    },
    retries: values.retries ?? spec.retries,
    environment: { ...spec.environment, ...values.environment },
    executorOptions: { ...spec.executorOptions, ...values.slurmOptions, ...Object.fromEntries(words) },
  };
}

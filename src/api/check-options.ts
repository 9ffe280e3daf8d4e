// What is wrong with the options of a block. A mistyped option that was accepted in silence would cost a night on a
// cluster, so every one is known by name, and all mistakes are told together.

import type { BlockSpec } from "../core/block.ts";
import { blockNameProblem } from "../core/block-name.ts";
import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import { blockName } from "../core/ids.ts";
import { isObject } from "../core/json.ts";
import { nearest } from "../core/nearest.ts";
import { defaultResources, type Resources } from "../core/resources.ts";
import { durationForms, parseDuration, parseSize, sizeForms, type UnitProblem } from "../core/units.ts";
import type { BlockOptions } from "./block-options.ts";

/** What the options say, checked. */
export interface CheckedOptions {
  readonly name: string | null;
  readonly persistent: boolean | null;
  readonly scope: "sample" | "dataset" | null;
  readonly spec: Pick<
    BlockSpec,
    | "needs"
    | "retries"
    | "after"
    | "inputs"
    | "outputs"
    | "optionalOutputs"
    | "watch"
    | "requires"
    | "environment"
    | "executorOptions"
  >;
}

const executorOptions = ["partition", "account", "qos", "constraint", "reservation"] as const;

const known = [
  "name",
  "cpus",
  "memory",
  "gpus",
  "time",
  "retries",
  "after",
  "inputs",
  "outputs",
  "optionalOutputs",
  "watch",
  "requires",
  "environment",
  "persistent",
  "scope",
  ...executorOptions,
  "slurmOptions",
] as const satisfies readonly (keyof BlockOptions)[];

/** @param called how to name the block in messages. All mistakes are found, not only the first. */
export function checkOptions(
  given: unknown,
  called: string,
): { readonly options: CheckedOptions; readonly problems: readonly Diagnostic[] } {
  const check = new OptionCheck(called, isObject(given) ? given : {});
  if (!isObject(given)) check.problem("options", "the options are no object", null);
  check.unknownNames();
  const needs: Resources = {
    cpus: check.whole("cpus", 1) ?? defaultResources.cpus,
    memory: check.quantity("memory", parseSize, sizeForms),
    gpus: check.whole("gpus", 0) ?? defaultResources.gpus,
    time: check.quantity("time", parseDuration, durationForms),
  };
  const name = check.text("name");
  const wrong = name === null ? null : blockNameProblem(name);
  if (wrong !== null) {
    check.problem("block-name", `${JSON.stringify(name)} cannot be the name of a block`, wrong);
  }
  const options: CheckedOptions = {
    name,
    persistent: check.flag("persistent"),
    scope: check.scope(),
    spec: {
      needs,
      retries: check.whole("retries", 0) ?? 0,
      after: check.list("after")?.map(blockName) ?? null,
      inputs: check.list("inputs"),
      outputs: check.list("outputs"),
      optionalOutputs: check.list("optionalOutputs"),
      watch: check.list("watch") ?? [],
      requires: check.list("requires") ?? [],
      environment: check.record("environment"),
      executorOptions: check.executorOptions(),
    },
  };
  return { options, problems: check.problems };
}

class OptionCheck {
  readonly problems: Diagnostic[] = [];
  readonly #called: string;
  readonly #given: Readonly<Record<string, unknown>>;

  constructor(called: string, given: Readonly<Record<string, unknown>>) {
    this.#called = called;
    this.#given = given;
  }

  problem(code: string, what: string, hint: string | null): void {
    const more = hint === null ? {} : { hint };
    this.problems.push(diagnostic(code, `${this.#called}: ${what}`, more));
  }

  unknownNames(): void {
    for (const name of Object.keys(this.#given)) {
      if (known.some((one) => one === name)) continue;
      // `optional_outputs` is how pipe.toml writes it; here one spelling is enough.
      const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
      const near = nearest(camel, known);
      const hint = near === null ? `known options: ${known.join(", ")}` : `did you mean \`${near}\`?`;
      this.problem("unknown-option", `unknown option \`${name}\``, hint);
    }
  }

  whole(name: "cpus" | "gpus" | "retries", least: number): number | null {
    const value = this.#given[name];
    if (value === undefined) return null;
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return value;
    this.#wrong(name, `must be a whole number from ${least}`, null);
    return null;
  }

  quantity<T extends number>(
    name: "memory" | "time",
    parse: (value: string | number) => { kind: "ok"; value: T } | { kind: "bad"; why: UnitProblem },
    forms: string,
  ): T | null {
    const value = this.#given[name];
    if (value === undefined) return null;
    const hint = `write for instance ${forms}`;
    if (typeof value !== "string" && typeof value !== "number") {
      this.#wrong(name, "must be a text with a unit or a number", hint);
      return null;
    }
    const parsed = parse(value);
    if (parsed.kind === "ok" && parsed.value > 0) return parsed.value;
    this.#wrong(name, parsed.kind === "ok" ? "must be more than 0" : unitProblem(parsed.why), hint);
    return null;
  }

  text(name: "name" | (typeof executorOptions)[number]): string | null {
    const value = this.#given[name];
    if (value === undefined) return null;
    if (typeof value === "string" && value !== "" && !value.includes("\0")) return value;
    this.#wrong(name, "must be a text", null);
    return null;
  }

  flag(name: "persistent"): boolean | null {
    const value = this.#given[name];
    if (value === undefined || typeof value === "boolean") return value ?? null;
    this.#wrong(name, "must be true or false", null);
    return null;
  }

  scope(): "sample" | "dataset" | null {
    const value = this.#given.scope;
    if (value === undefined) return null;
    if (value === "sample" || value === "dataset") return value;
    this.#wrong("scope", 'must be "sample" or "dataset"', null);
    return null;
  }

  list(
    name: "after" | "inputs" | "outputs" | "optionalOutputs" | "watch" | "requires",
  ): readonly string[] | null {
    const value = this.#given[name];
    if (value === undefined) return null;
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    const texts = list.filter((one): one is string => typeof one === "string" && one !== "");
    if (texts.length === list.length) return texts;
    this.#wrong(name, "must be a list of texts", null);
    return null;
  }

  record(name: "environment" | "slurmOptions"): Readonly<Record<string, string>> {
    const value = this.#given[name];
    if (value === undefined) return {};
    if (!isObject(value)) {
      this.#wrong(name, "must be an object of texts", null);
      return {};
    }
    const result: Record<string, string> = {};
    for (const [key, one] of Object.entries(value)) {
      const named = name === "environment" ? /^[^=\0]+$/.test(key) : /^[a-z][a-z0-9-]*$/.test(key);
      const holds = (typeof one === "string" && !one.includes("\0")) || Number.isFinite(one);
      if (named && holds) result[key] = String(one);
      else if (!named) this.problem("bad-option", `\`${key}\` is no name in \`${name}\``, null);
      else this.problem("bad-option", `\`${name}.${key}\` must be a text or a number`, null);
    }
    return result;
  }

  executorOptions(): Readonly<Record<string, string>> {
    const result = { ...this.record("slurmOptions") };
    for (const name of executorOptions) {
      const value = this.text(name);
      if (value === null) continue;
      if (result[name] !== undefined) {
        this.problem(
          "bad-option",
          `\`${name}\` is given twice: here and in \`slurmOptions\``,
          "keep one of them",
        );
      }
      result[name] = value;
    }
    return result;
  }

  #wrong(name: string, must: string, hint: string | null): void {
    const value = this.#given[name];
    const shown = typeof value === "string" ? JSON.stringify(value) : shownShort(value);
    this.problem("bad-option", `\`${name}\` is ${shown}, but ${must}`, hint);
  }
}

function unitProblem(why: UnitProblem): string {
  switch (why) {
    case "no-unit":
      return "must have a unit";
    case "unknown-unit":
      return "has an unknown unit";
    case "negative":
      return "must not be negative";
    case "too-large":
      return "is too large";
    case "order":
      return "must have its units from large to small";
    default:
      return "cannot be read";
  }
}

function shownShort(value: unknown): string {
  if (value === null || typeof value === "number" || typeof value === "boolean") return String(value);
  return Array.isArray(value) ? "a list" : typeof value === "object" ? "an object" : `a ${typeof value}`;
}

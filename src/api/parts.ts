// From what was appended to named, checked blocks: counters, names used twice, commands and their placeholders.
import { isAbsolute, resolve } from "node:path";
import type { BlockKind, BlockSpec } from "../core/block.ts";
import { isPlainName } from "../core/block-name.ts";
import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import { blockName } from "../core/ids.ts";
import { checkTemplate, literalTemplate, type PlaceholderScope } from "../core/placeholder.ts";
import { DatasetBlock, PipelineBlock } from "./block.ts";
import { type CheckedOptions, checkOptions } from "./check-options.ts";
import { CommandBlock } from "./command.ts";
import { placeholderDiagnostic } from "./placeholder-diagnostic.ts";

/** A block of a pipeline: what everybody knows of it, and the object that runs. */
export interface PipelinePart {
  readonly spec: BlockSpec;
  readonly block: PipelineBlock | DatasetBlock | CommandBlock;
}

/** What one append() was given, and the stack that says where it stands. */
export interface Appended {
  readonly block: unknown;
  readonly options: unknown;
  readonly stack: string | undefined;
}

export interface Problem {
  readonly problem: Diagnostic;
  readonly stack: string | undefined;
}

/** @param folder that of the pipeline file, for `./` in commands; null: elements stay as they are. */
export function assemble(
  appended: readonly Appended[],
  folder: string | null,
): { readonly parts: readonly PipelinePart[]; readonly problems: readonly Problem[] } {
  const parts: PipelinePart[] = [];
  const problems: Problem[] = [];
  const counters = new Map<string, number>();
  const names = new Map<string, number>();
  const blocks = new Map<object, number>();
  if (appended.length === 0) {
    const hint = "add one: `new Pipeline().append(new MyBlock())`";
    problems.push({
      problem: diagnostic("empty-pipeline", "the pipeline has no blocks", { hint }),
      stack: undefined,
    });
  }
  for (const [index, { block, options, stack }] of appended.entries()) {
    const tell = (...found: readonly Diagnostic[]) =>
      problems.push(...found.map((problem) => ({ problem, stack })));
    if (!isBlock(block)) {
      tell(noBlock(block, index));
      continue;
    }
    const type = typeOf(block);
    const count = counters.get(type) ?? 0;
    counters.set(type, count + 1);
    const checked = checkOptions(
      mergedOptions(block, options),
      type === "" ? `block ${index + 1}` : `${type}_${count}`,
    );
    tell(...checked.problems);
    const name = checked.options.name ?? `${type}_${count}`;
    if (!isPlainName(type)) tell(badType(block, type, index));
    const twin = names.get(name);
    if (twin !== undefined) tell(nameTwice(name, twin, index));
    names.set(name, twin ?? index);
    const same = blocks.get(block);
    if (same !== undefined) tell(sameBlock(name, same, index));
    blocks.set(block, same ?? index);
    const earlier = parts.map((part) => part.spec.name);
    const scope = scopeOf(block, checked.options);
    tell(...optionsThatDoNotFit(block, checked.options, name));
    if (!canRun(block)) tell(nothingToRun(block, name));
    if (block instanceof CommandBlock)
      tell(...argvProblems(block, { name, scope: persistentOr(scope, checked.options), earlier }));
    parts.push({
      block,
      spec: {
        name: blockName(name),
        type,
        scope,
        kind: kindOf(block, checked.options, folder),
        ...checked.options.spec,
      },
    });
  }
  return { parts, problems };
}

type Block = PipelineBlock | DatasetBlock | CommandBlock;

const isBlock = (value: unknown): value is Block =>
  value instanceof PipelineBlock || value instanceof DatasetBlock || value instanceof CommandBlock;

/** The compiler sees to it, but only where somebody asks it. */
const canRun = (block: Block): boolean =>
  block instanceof CommandBlock || typeof Reflect.get(block, "run") === "function";

const typeOf = (block: Block): string =>
  block instanceof CommandBlock ? String(block.commandName) : block.constructor.name;

/** append()'s options win over command()'s. */
function mergedOptions(block: Block, options: unknown): unknown {
  if (!(block instanceof CommandBlock) || typeof options !== "object" || options === null) return options;
  return { ...block.options, ...options };
}

function scopeOf(block: Block, options: CheckedOptions): "sample" | "dataset" {
  if (block instanceof CommandBlock) return options.scope ?? "sample";
  return block instanceof DatasetBlock ? "dataset" : "sample";
}

function kindOf(block: Block, options: CheckedOptions, folder: string | null): BlockKind {
  if (!(block instanceof CommandBlock)) return { kind: "code" };
  const argv = Array.isArray(block.argv)
    ? block.argv.map((element) => fromFolder(String(element), folder))
    : [];
  return { kind: options.persistent === true ? "persistent" : "command", argv };
}

/** `./mesh.py` is meant from the pipeline file's folder, whatever folder the program will run in. */
function fromFolder(element: string, folder: string | null): string {
  if (folder === null || !isAbsolute(folder) || !/^\.\.?\//.test(element)) return element;
  return resolve(literalTemplate(folder), element);
}

function optionsThatDoNotFit(block: Block, options: CheckedOptions, name: string): Diagnostic[] {
  if (block instanceof CommandBlock) return [];
  const problems: Diagnostic[] = [];
  if (options.persistent !== null) {
    problems.push(diagnostic("bad-option", `${name}: \`persistent\` is for commands, and this is a class`));
  }
  const own = block instanceof DatasetBlock ? "dataset" : "sample";
  if (options.scope !== null && options.scope !== own) {
    const base = own === "sample" ? "DatasetBlock" : "PipelineBlock";
    problems.push(
      diagnostic(
        "bad-option",
        `${name}: \`scope\` is "${options.scope}", but its class is made for "${own}"`,
        {
          hint: `let the class extend ${base}, or leave \`scope\` out`,
        },
      ),
    );
  }
  return problems;
}

const persistentOr = (scope: "sample" | "dataset", options: CheckedOptions): PlaceholderScope["scope"] =>
  options.persistent === true ? "persistent" : scope;

function argvProblems(
  block: CommandBlock,
  where: PlaceholderScope & { readonly name: string },
): Diagnostic[] {
  const argv: unknown = block.argv;
  const texts =
    Array.isArray(argv) && argv.every((element) => typeof element === "string" && !element.includes("\0"));
  if (!texts || block.argv.length === 0 || block.argv[0] === "") {
    const hint = 'write it as a list: ["python3", "./mesh.py", "{sample.id}"]';
    return [
      diagnostic("bad-command", `${where.name}: the command must be a list of texts, the program first`, {
        hint,
      }),
    ];
  }
  return block.argv.flatMap((element) =>
    checkTemplate(element, where).map((problem) => placeholderDiagnostic(problem, element, where)),
  );
}

function noBlock(value: unknown, index: number): Diagnostic {
  const isClass = typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
  const what = isClass ? `the class ${value.name} itself` : value === null ? "null" : describe(value);
  return diagnostic("no-block", `block ${index + 1} of the pipeline is ${what}`, {
    hint: isClass
      ? `append an instance: \`.append(new ${value.name}())\``
      : "append an instance of a class that extends PipelineBlock or DatasetBlock, or a command(…)",
  });
}

function describe(value: unknown): string {
  if (typeof value !== "object" || value === null) return `${value === undefined ? "" : "a "}${typeof value}`;
  const name = value.constructor?.name ?? "";
  if (Array.isArray(value)) return "an array";
  return name === "" || name === "Object" ? "a plain object" : `a ${name}, which is no PipelineBlock`;
}

function badType(block: Block, type: string, index: number): Diagnostic {
  const rule = "a name is made of letters, digits and `_`, and does not begin with a digit";
  if (block instanceof CommandBlock) {
    return diagnostic("block-name", `${JSON.stringify(type)} cannot be the name of a command`, {
      hint: rule,
    });
  }
  return type === ""
    ? diagnostic("block-name", `the class of block ${index + 1} has no name`, {
        hint: "name it: `class Mesh extends …`",
      })
    : diagnostic("block-name", `the class name ${JSON.stringify(type)} cannot be the name of a block`, {
        hint: rule,
      });
}

function nothingToRun(block: Block, name: string): Diagnostic {
  const given = block instanceof DatasetBlock ? "dataset: Dataset" : "sample: DataSample";
  return diagnostic("no-run", `${name}: its class has no method \`run\``, {
    hint: `write what it does: \`async run(${given}) { … }\``,
  });
}

function nameTwice(name: string, first: number, second: number): Diagnostic {
  return diagnostic("name-twice", `two blocks are called ${name}: the ${nth(first)} and the ${nth(second)}`, {
    hint: "give one of them another `name`",
  });
}

function sameBlock(name: string, first: number, second: number): Diagnostic {
  return diagnostic(
    "block-twice",
    `the ${nth(second)} block (${name}) is the same object as the ${nth(first)}`,
    { hint: "make a new one for every append" },
  );
}

function nth(index: number): string {
  const number = index + 1;
  const endings = ["th", "st", "nd", "rd"];
  const teens = number % 100 > 10 && number % 100 < 14;
  return `${number}${(teens ? undefined : endings[number % 10]) ?? "th"}`;
}

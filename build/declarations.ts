// `pipe.d.ts`: what `import "pipe"` offers, as one declaration file that needs nothing beside it. The compiler writes one
// file per source file, with imports between them; a pipeline's folder should not hold a copy of our rooms.
//
// The compiler's output is regular: a statement of the file's top level begins in column 0 and nothing else does. So
// joining is a matter of lines: imports between our own files go, `export` and `declare` before statements go, names must
// be unique over all files (two that clash are reported, not renamed), and one list at the end says what is public.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { places, root, tools } from "./places.ts";
import { capture, withOurBun } from "./program.ts";

/** Text of the declaration module `pipe`, made from src/api/index.ts and all that it reaches. */
export function declarationsOfApi(): string {
  mkdirSync(places.cache, { recursive: true });
  const folder = mkdtempSync(join(places.cache, "declarations-"));
  try {
    emitDeclarations(folder);
    return joinDeclarations(join(folder, "out", "api", "index.d.ts"), readIfThere);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function emitDeclarations(folder: string): void {
  const configuration = {
    extends: join(root, "tsconfig.json"),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      stripInternal: true,
      outDir: join(folder, "out"),
      rootDir: places.sources,
    },
    files: [places.api],
    include: [],
  };
  const file = join(folder, "tsconfig.json");
  writeFileSync(file, JSON.stringify(configuration));
  const ended = capture(withOurBun(tools.typescript, "-p", file));
  // Type errors are told by the type-check, with everything else; here only the missing file counts.
  if (!existsSync(join(folder, "out", "api", "index.d.ts"))) {
    throw new Error(
      `the compiler wrote no declarations for src/api/index.ts:\n${ended.stdout}${ended.stderr}`,
    );
  }
}

function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** Joins the declaration file `entry` with all that it imports. `read` gives a file's text, or nothing where none is. */
export function joinDeclarations(entry: string, read: (path: string) => string | undefined): string {
  const owners = new Map<string, string>();
  const foreign = new Set<string>();
  const bodies: string[] = [];
  const waiting = [entry];
  const seen = new Set(waiting);
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const text = read(path);
    if (text === undefined) throw new Error(`declarations: ${path} is imported, but was not written`);
    for (const name of declaredNames(text)) {
      const owner = owners.get(name);
      if (owner !== undefined && owner !== path) {
        throw new Error(
          `declarations: \`${name}\` is declared in ${owner} and in ${path}; rename one of them`,
        );
      }
      owners.set(name, path);
    }
    for (const line of foreignImports(text)) foreign.add(line);
    for (const specifier of ownImports(text)) {
      const next = resolve(dirname(path), specifier.replace(/\.ts$/, ".d.ts"));
      if (!seen.has(next)) waiting.push(next);
      seen.add(next);
    }
    bodies.push(bodyOf(text));
  }
  return inModule([...foreign, ...bodies, publicList(read(entry) ?? "")]);
}

const statement =
  /^(?:export )?(?:declare )?(?:abstract )?(?:class|interface|type|const|let|var|function) (\w+)/gm;
const importFrom = /^import\b(?:[^;]*?\bfrom)?\s*"([^"]+)";[^\S\n]*\n?/gm;
const exportFrom = /^export (?:type )?(?:\{([^}]*)\}|(\*)[^;]*?) from "([^"]+)";[^\S\n]*\n?/gm;
const inlineImport = /\bimport\("(\.[^"]+)"\)\./g;

function declaredNames(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(statement)].map((match) => match[1] ?? ""));
}

function ownImports(text: string): readonly string[] {
  const all = [
    ...[...text.matchAll(importFrom)].map((match) => match[1] ?? ""),
    ...[...text.matchAll(exportFrom)].map((match) => match[3] ?? ""),
    ...[...text.matchAll(inlineImport)].map((match) => match[1] ?? ""),
  ];
  return all.filter((specifier) => specifier.startsWith("."));
}

function foreignImports(text: string): readonly string[] {
  return [...text.matchAll(importFrom)]
    .filter((match) => !match[1]?.startsWith("."))
    .map((match) => match[0].trim());
}

function bodyOf(text: string): string {
  for (const match of text.matchAll(importFrom)) {
    if (match[1]?.startsWith(".") && /\bas\b/.test(match[0]))
      throw new Error(`declarations: no alias in \`${match[0].trim()}\``);
  }
  return text
    .replace(importFrom, "")
    .replace(exportFrom, "")
    .replace(/^export \{[^}]*\};[^\S\n]*\n?/gm, "")
    .replace(/^\/\/# sourceMappingURL.*\n?/gm, "")
    .replace(inlineImport, "")
    .replace(
      /^(?:export )?(?:declare )?(?=(?:abstract |class |interface |type |const |let |var |function ))/gm,
      "",
    )
    .replace(/^(?: {4})+/gm, (indent) => " ".repeat(indent.length / 2)) // the compiler indents by four
    .trim();
}

/** Exactly the names that the entry exports, whether it declares them or passes them on. */
function publicList(text: string): string {
  const names: string[] = [];
  for (const match of text.matchAll(exportFrom)) {
    if (match[2] !== undefined)
      throw new Error("declarations: src/api/index.ts must name what it exports, not `*`");
    names.push(...namesIn(match[1] ?? ""));
  }
  for (const match of text.matchAll(/^export (?:type )?\{([^}]*)\};/gm))
    names.push(...namesIn(match[1] ?? ""));
  for (const match of text.matchAll(statement))
    if (match[0].startsWith("export ")) names.push(match[1] ?? "");
  return `export { ${names.join(", ")} };`;
}

/** `type` before a name says nothing in a file of declarations. */
function namesIn(list: string): readonly string[] {
  return list
    .split(",")
    .map((name) => name.trim().replace(/^type\s+/, ""))
    .filter((name) => name !== "");
}

function inModule(parts: readonly string[]): string {
  const body = parts
    .filter((part) => part !== "")
    .join("\n\n")
    .replace(/^(?=.)/gm, "  ");
  return `// Written by \`pipe\`; the types of \`import … from "pipe"\`.\n\ndeclare module "pipe" {\n${body}\n}\n`;
}

// A bundle as pieces: one for each function, class, variable or statement of its top level, with the names that it declares.
// A piece is parsed when somebody asks for more than its name: most of a library never is.
import { relative } from "node:path";
import { type Chunk, chunksOf } from "./chunks.ts";
import { isDataFile } from "./data.ts";
import { type Names, namesIn } from "./names.ts";
import { many, one, type Parse, type SyntaxNode, word } from "./syntax.ts";

export interface Piece {
  /** Its place in the bundle. */
  readonly index: number;
  readonly kind: "function" | "class" | "variable" | "data" | "statement";
  /** Relative to the pipeline's folder. */
  readonly file: string;
  readonly names: readonly string[];
  readonly text: string;
  readonly parsed: () => Parsed;
}

export interface Parsed {
  /** Places of the nodes count from the beginning of this. */
  readonly source: string;
  readonly nodes: readonly SyntaxNode[];
  readonly names: Names;
}

/** What a name of the top level stands for. */
export type Meaning =
  | { readonly kind: "pieces"; readonly pieces: readonly Piece[] }
  /** Not made of the user's code: an import of what is not bundled, the bundler's own functions, `import.meta`. */
  | {
      readonly kind: "outside";
      readonly of: "import" | "bundler" | "meta";
      readonly label: string;
      /** Of an import: `pipe`, `node:fs`, and what of it; `*` and `default` for all. */
      readonly from: string;
      readonly what: string;
    };

export interface BundleCode {
  readonly pieces: readonly Piece[];
  readonly meanings: ReadonlyMap<string, Meaning>;
  /** The pipeline's folder, as the bundle says it; null where it does not. */
  readonly folder: string | null;
}

/** Thrown while a piece is parsed: the bundle holds something that this program does not know. */
export class NotUnderstood extends Error {}

/** @throws NotUnderstood */
export function readBundle(text: string, parse: Parse): BundleCode {
  const chunks = chunksOf(text);
  if (chunks === null) throw new NotUnderstood("the bundle is not printed as expected");
  const folder = folderIn(chunks);
  const reader = new BundleReader(parse, folder);
  for (const chunk of chunks) reader.read(chunk);
  return { pieces: reader.pieces, meanings: reader.meanings, folder };
}

const folderLine = /^export const __pipe_folder = ("(?:[^"\\]|\\.)*");$/;

function folderIn(chunks: readonly Chunk[]): string | null {
  const found = chunks
    .slice(-3)
    .map(({ text }) => folderLine.exec(text)?.[1])
    .find((one) => one !== undefined);
  const value: unknown = found === undefined ? null : JSON.parse(found);
  return typeof value === "string" ? value : null;
}

const identifier = String.raw`[\p{ID_Start}$_][\p{ID_Continue}$]*`;
const functionHead = new RegExp(`^(?:async )?function\\*? ?(${identifier})`, "u");
const classHead = new RegExp(`^class (${identifier})`, "u");
const variableHead = new RegExp(`^(?:var|let|const) (${identifier})(?: = |;$)`, "u");
const lazyModule = new RegExp(`^var (${identifier}) = __esm\\d*\\(`, "u");
const metaLine = /^const (__meta_[0-9a-z]{4,})=/;

class BundleReader {
  readonly pieces: Piece[] = [];
  readonly meanings = new Map<string, Meaning>();
  readonly #parse: Parse;
  readonly #folder: string | null;

  constructor(parse: Parse, folder: string | null) {
    this.#parse = parse;
    this.#folder = folder;
  }

  read(chunk: Chunk): void {
    const { text, file } = chunk;
    const meta = metaLine.exec(text)?.[1];
    if (meta !== undefined) {
      this.#outside(meta, "meta", this.#metaLabel(text));
      return;
    }
    if (folderLine.test(text) || text.startsWith("export {")) return;
    if (/^import[ {"*]/.test(text)) {
      this.#imports(text);
      return;
    }
    if (file === null) {
      this.#ofBundler(chunk);
      return;
    }
    const head = functionHead.exec(text)?.[1];
    if (head !== undefined) {
      this.#lazily("function", [head], chunk);
      return;
    }
    const classed = classHead.exec(text)?.[1];
    if (classed !== undefined) {
      this.#lazily("class", [classed], chunk);
      return;
    }
    const lazy = lazyModule.exec(text)?.[1];
    if (lazy !== undefined) {
      this.#lazyModule(lazy, chunk);
      return;
    }
    const variable = chunk.commas ? undefined : variableHead.exec(text)?.[1];
    if (variable !== undefined) {
      this.#lazily(isDataFile(file) ? "data" : "variable", [variable], chunk);
      return;
    }
    this.#atOnce(chunk);
  }

  #lazily(kind: Piece["kind"], names: readonly string[], chunk: Chunk): void {
    const { text } = chunk;
    this.#add({ kind, names, text, file: chunk.file ?? "", parsed: once(() => this.#parsed(text)) });
  }

  /** Variables that are declared together are pieces of their own. */
  #atOnce(chunk: Chunk): void {
    const whole = this.#parsed(chunk.text);
    const [statement] = whole.nodes;
    const file = chunk.file ?? "";
    if (statement?.type === "VariableDeclaration") {
      for (const declarator of many(statement, "declarations")) {
        const names = namesIn([{ ...statement, declarations: [declarator] }]).declared;
        const text = chunk.text.slice(declarator.start, declarator.end);
        this.#add({ kind: "variable", names, text, file, parsed: () => ({ ...whole, nodes: [declarator] }) });
      }
      return;
    }
    const names = whole.names.declared;
    this.#add({ kind: "statement", names, text: chunk.text, file, parsed: () => whole });
  }

  /** A module that is only run when somebody asks for it: its statements count as if they stood at the top level. */
  #lazyModule(name: string, chunk: Chunk): void {
    this.#outside(name, "bundler", "module");
    const whole = this.#parsed(chunk.text);
    const [declarator] = many(whole.nodes[0] ?? nothing, "declarations");
    const run = many(one(declarator ?? nothing, "init") ?? nothing, "arguments")[0] ?? nothing;
    const body = one(run, "body") ?? nothing;
    const statements = body.type === "BlockStatement" ? many(body, "body") : [body];
    if (namesIn(statements).declared.length > 0) throw new NotUnderstood("a lazy module with variables");
    for (const statement of statements) {
      const text = chunk.text.slice(statement.start, statement.end);
      const parsed = () => ({ ...whole, nodes: [statement] });
      this.#add({ kind: "statement", names: [], text, file: chunk.file ?? "", parsed });
    }
  }

  #imports(text: string): void {
    for (const statement of this.#parsed(text).nodes) {
      const source = one(statement, "source");
      const from = typeof source?.value === "string" ? source.value : "";
      for (const specifier of many(statement, "specifiers")) {
        const imported = one(specifier, "imported");
        const what =
          specifier.type === "ImportDefaultSpecifier"
            ? "default"
            : specifier.type === "ImportNamespaceSpecifier"
              ? "*"
              : word(imported, "name") || String(imported?.value);
        const label = `import ${JSON.stringify(what)} from ${JSON.stringify(from)}`;
        this.meanings.set(word(one(specifier, "local"), "name"), {
          kind: "outside",
          of: "import",
          label,
          from,
          what,
        });
      }
    }
  }

  /** What the bundler puts before the first file. It changes with the bundler only, which is no reason to run anything again. */
  #ofBundler({ text }: Chunk): void {
    for (const name of namesIn(this.#parsed(text).nodes).declared)
      this.#outside(name, "bundler", name.replace(/\d+$/, ""));
  }

  #outside(name: string, of: "bundler" | "meta", label: string): void {
    this.meanings.set(name, { kind: "outside", of, label: `${of} ${label}`, from: "", what: "" });
  }

  /** `import.meta` of which file; its path from the pipeline's folder, so that the folder can be moved. */
  #metaLabel(text: string): string {
    const path: unknown = JSON.parse(/"path":("(?:[^"\\]|\\.)*")/.exec(text)?.[1] ?? "null");
    if (typeof path !== "string") return "";
    return this.#folder === null ? path : relative(this.#folder, path);
  }

  #parsed(text: string): Parsed {
    const nodes = this.#parse(text);
    if (nodes?.length !== 1) throw new NotUnderstood(`not understood: ${text.slice(0, 60)}`);
    return { source: text, nodes, names: namesIn(nodes) };
  }

  #add(piece: Omit<Piece, "index">): void {
    const added: Piece = { ...piece, index: this.pieces.length };
    this.pieces.push(added);
    for (const name of piece.names) {
      const known = this.meanings.get(name);
      const pieces = known?.kind === "pieces" ? [...known.pieces, added] : [added];
      this.meanings.set(name, { kind: "pieces", pieces });
    }
  }
}

const nothing: SyntaxNode = { type: "EmptyStatement", start: 0, end: 0 };

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

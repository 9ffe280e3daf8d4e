// Functions of the runtime that change nothing: those that work out paths, and those that read files. A pipeline that is put
// together with `join(folder, "a.csv")` would otherwise belong to every block.
import { memberName, one, rootOf, type SyntaxNode, word } from "./syntax.ts";

const reading = "readFileSync existsSync statSync lstatSync readdirSync realpathSync accessSync";

/** By module, without `node:`: all but these, or only these. */
const modules: Readonly<Record<string, { readonly only?: RegExp; readonly not?: RegExp }>> = {
  path: {},
  "path/posix": {},
  url: {},
  os: { not: /^setPriority$/ },
  util: { not: /^(?:inherits|debug|debuglog|setTraceSigInt|transferable\w+)$/ },
  "util/types": {},
  assert: {},
  "assert/strict": {},
  fs: { only: new RegExp(`^(?:${reading.split(" ").join("|")})$`) },
};

/** `import { posix } from "node:path"`: whose functions are as those of the module itself. */
const within = /^(?:default|\*|posix|win32|types|strict)$/;

/**
 * @param from the module; `what`: the name under which it exports what is imported.
 * @param callee `join`, `path.join`, `path.posix.join`
 */
export function isHarmlessImport(from: string, what: string, callee: SyntaxNode): boolean {
  const module = modules[from.replace(/^node:/, "")];
  if (module === undefined) return false;
  const name = calledOf(what, callee);
  if (name === null || module.not?.test(name) === true) return false;
  return module.only === undefined || module.only.test(name);
}

function calledOf(what: string, callee: SyntaxNode): string | null {
  if (callee.type === "Identifier") return what;
  const object = one(callee, "object");
  const inner = object?.type === "MemberExpression" ? memberName(object) : null;
  const direct = object === rootOf(callee);
  const known = within.test(what) && (direct || (inner !== null && within.test(inner) && isDirect(object)));
  return known ? memberName(callee) : null;
}

const isDirect = (node: SyntaxNode | null): boolean => node !== null && one(node, "object") === rootOf(node);

/** Of the global `process`: what it says, and what it writes for people. */
export function isHarmlessOfProcess(callee: SyntaxNode): boolean {
  const name = memberName(callee) ?? "";
  const object = one(callee, "object");
  if (object?.type === "Identifier") return /^(?:cwd|uptime|hrtime|memoryUsage|cpuUsage)$/.test(name);
  const stream = object?.type === "MemberExpression" && isDirect(object) ? memberName(object) : null;
  return (
    name === "write" && /^std(?:out|err)$/.test(stream ?? "") && word(rootOf(callee), "name") === "process"
  );
}

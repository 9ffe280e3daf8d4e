// What a part of a block's code is called when somebody is told that it changed: `function step (lib/physics.ts)`.
import type { BundleCode, Piece } from "./pieces.ts";
import { respelled } from "./text.ts";

export function partName(piece: Piece, bundle: BundleCode): string {
  const packaged = piece.file.lastIndexOf("node_modules/");
  if (packaged >= 0) return `package ${packageName(piece.file.slice(packaged + "node_modules/".length))}`;
  if (!/\.[cm]?[jt]sx?$/.test(piece.file)) return piece.file;
  const module = moduleOf(piece, bundle);
  if (module !== null) return module;
  return `${whatItIs(piece, bundle)} (${piece.file})`;
}

/** The folder below node_modules; `@scope/name` where it has two. */
const packageName = (path: string): string => /^(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path;

/** The file, where the piece is only how the bundler ties files together. */
function moduleOf({ text, file }: Piece, bundle: BundleCode): string | null {
  if (/^var [\w$]+ = __commonJS\(|^var exports_[\w$]+ = \{\};$|^__export\(/.test(text)) return file;
  const required = /^var import_[\w$]+ = __toESM\((require_[\w$]+)\(\)/.exec(text)?.[1];
  const meaning = required === undefined ? undefined : bundle.meanings.get(required);
  const [module] = meaning?.kind === "pieces" ? meaning.pieces : [];
  return module === undefined ? null : partName(module, bundle);
}

function whatItIs(piece: Piece, bundle: BundleCode): string {
  const names = piece.names.map((name) => givenName(name, bundle)).join(", ");
  switch (piece.kind) {
    case "function":
      return `function ${names}`;
    case "class":
      return `class ${names}`;
    case "variable": {
      const value = piece.text.slice(piece.text.indexOf("=") + 1, piece.text.indexOf("=") + 200);
      if (/^ ?class\b/.test(value)) return `class ${names}`;
      return /^ ?(?:async )?(?:function\b|\([^()]*\) =>|[\w$]+ =>)/.test(value)
        ? `function ${names}`
        : `const ${names}`;
    }
    default:
      return names === "" ? shortened(respelled(piece.parsed(), (name) => givenName(name, bundle))) : names;
  }
}

/** Without the digits that the bundler puts behind a name because another file has it, too. */
function givenName(name: string, bundle: BundleCode): string {
  const files = filesOf(name, bundle);
  for (let length = name.length - 1; /\d/.test(name.charAt(length)); length--) {
    const shorter = name.slice(0, length);
    if (bundle.meanings.has(shorter) && filesOf(shorter, bundle).every((file) => !files.includes(file)))
      return shorter;
  }
  return name.endsWith("_default") ? "default" : name;
}

function filesOf(name: string, bundle: BundleCode): readonly string[] {
  const meaning = bundle.meanings.get(name);
  return meaning?.kind === "pieces" ? meaning.pieces.map(({ file }) => file) : [];
}

const longest = 40;

function shortened(text: string): string {
  const line = text.replace(/\s+/g, " ").replace(/;$/, "");
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

// What a name of the bundle's top level is called by its author. The bundler puts digits behind a name when another file has the
// same one, which is no change of anybody's code; `SolverV1` that becomes `SolverV2` is one, since a program may say the name.
import type { BundleCode } from "./pieces.ts";
import { isPackaged } from "./text.ts";

/** `physics_default` is named after a file, which may move. */
export function plainName(name: string, bundle: BundleCode): string {
  const plain = classNameOf(name, bundle) ?? withoutAddedDigits(name, bundle);
  if (/_default\d*$/.test(plain)) return "default";
  return /^(?:import|require|exports|init)(?=_)/.exec(plain)?.[0] ?? plain;
}

/** Of a class it is known for certain: where it had to be renamed, its own name is put right in its body. */
function classNameOf(name: string, { meanings }: BundleCode): string | null {
  const meaning = meanings.get(name);
  const [piece, ...others] = meaning?.kind === "pieces" ? meaning.pieces : [];
  if (piece === undefined || others.length > 0 || isPackaged(piece.file)) return null;
  const isClass = piece.kind === "class" || (piece.kind === "variable" && /^[^=]*= class\b/.test(piece.text));
  if (!isClass || !/\d$/.test(name)) return null;
  const [, given, meant] =
    /static\{if\(this\.name==="([^"]*)"\)Object\.defineProperty\(this,"name",\{value:"([^"]*)",configurable:true\}\)\}/.exec(
      piece.text,
    ) ?? [];
  return given === name && meant !== undefined ? meant : name;
}

/** Digits were added where the bundle, or the language, has the name without them. */
function withoutAddedDigits(name: string, { meanings }: BundleCode): string {
  let plain = name;
  for (let length = name.length - 1; length > 0 && /\d/.test(name.charAt(length)); length--) {
    const shorter = name.slice(0, length);
    if (meanings.has(shorter) || shorter in globalThis) plain = shorter;
  }
  return plain;
}

// A bundle's statements as syntax trees. The parser is loaded when a pipeline has code, and by the launcher only: no worker
// pays for it. Trees are read by field names, as ESTree (https://github.com/estree/estree) calls them.

export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The statements of a text; null where it is no JavaScript that the parser knows. Its comments are told to `comment`. */
export type Parse = (text: string, comment?: (range: Range) => void) => readonly SyntaxNode[] | null;

export async function loadParser(): Promise<Parse> {
  const { parse } = await import("acorn");
  const statements = (text: string, comment: (range: Range) => void) => {
    const onComment = (_block: boolean, _text: string, start: number, end: number) => comment({ start, end });
    const program: unknown = parse(text, { ecmaVersion: "latest", sourceType: "module", onComment });
    return isNode(program) ? many(program, "body") : null;
  };
  return (text, comment = () => {}) => {
    for (const tried of [text, withoutSlashBehindYield(text)]) {
      const comments: Range[] = [];
      try {
        const found = statements(tried, (range) => comments.push(range));
        for (const range of comments) comment(range);
        return found;
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
      }
    }
    return null;
  };
}

/**
 * acorn takes the `/` of `yield /a/` for a division in `{ *all() { yield /a/; } }`. Behind an operator it does not, and no
 * place is moved by one.
 */
const withoutSlashBehindYield = (text: string): string => text.replace(/\byield (?=\/)/g, "yield~");

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

/** The node in a field; null where it is empty. */
export function one(node: SyntaxNode, field: string): SyntaxNode | null {
  const value = node[field];
  return isNode(value) ? value : null;
}

/** The nodes in a list, without its holes. */
export function many(node: SyntaxNode, field: string): readonly SyntaxNode[] {
  const value = node[field];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** The text in a field, `""` where there is none. */
export function word(node: SyntaxNode | null, field: string): string {
  const value = node?.[field];
  return typeof value === "string" ? value : "";
}

/** All nodes directly below, in the order in which they stand. */
export function children(node: SyntaxNode): readonly SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (const field in node) {
    const value = node[field];
    if (typeof value !== "object" || value === null) continue;
    if (Array.isArray(value)) {
      for (const element of value) if (isNode(element)) found.push(element);
    } else if (isNode(value)) found.push(value);
  }
  return found;
}

export function isFunction(node: SyntaxNode | null): boolean {
  const type = node?.type;
  return (
    type === "FunctionDeclaration" || type === "FunctionExpression" || type === "ArrowFunctionExpression"
  );
}

export const isClass = (node: SyntaxNode | null): boolean =>
  node?.type === "ClassDeclaration" || node?.type === "ClassExpression";

/** The name of a member: `push` in `list.push` and `list["push"]`; null where it is computed. */
export function memberName(node: SyntaxNode): string | null {
  const property = one(node, "property");
  if (property === null) return null;
  if (node.computed !== true) return word(property, "name");
  return property.type === "Literal" && typeof property.value === "string" ? property.value : null;
}

/** `a` of `a.b.c[d]`, `this` of `this.x`. */
export function rootOf(node: SyntaxNode): SyntaxNode {
  let root = node;
  for (;;) {
    const next =
      root.type === "MemberExpression"
        ? one(root, "object")
        : root.type === "ChainExpression"
          ? one(root, "expression")
          : null;
    if (next === null) return root;
    root = next;
  }
}

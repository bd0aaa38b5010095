/** A node of the tree that `json_serialize_sql` gives. */
export type SyntaxNode = { readonly [key: string]: unknown };

/** The tree of a text of SQL, or why there is none. */
export type ParsedSql =
  | { readonly kind: 'parsed'; readonly statements: readonly SyntaxNode[] }
  | { readonly kind: 'invalid'; readonly message: string; readonly position: number | null }
  /** Something else than SELECTs. */
  | { readonly kind: 'notSelect' };

/** Whether a value is an object, and not a list. */
export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The nodes of a list; nothing where it is no list. */
export function nodesOf(value: unknown): readonly SyntaxNode[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** A text of a node; empty where it has none. */
export function textOf(node: SyntaxNode, key: string): string {
  const value = node[key];
  return typeof value === 'string' ? value : '';
}

/** Reads what `json_serialize_sql` answered. */
export function parseSyntaxTree(json: string): ParsedSql {
  const answer: unknown = JSON.parse(json);
  if (!isNode(answer)) return { kind: 'invalid', message: 'The SQL could not be parsed.', position: null };
  if (answer['error'] === false) return { kind: 'parsed', statements: nodesOf(answer['statements']) };
  if (textOf(answer, 'error_type') === 'not implemented' && textOf(answer, 'error_message').startsWith('Only SELECT')) return { kind: 'notSelect' };
  const position = Number.parseInt(textOf(answer, 'position'), 10);
  return { kind: 'invalid', message: textOf(answer, 'error_message'), position: Number.isNaN(position) ? null : position };
}

import type { ClientBase } from 'pg';

/** A statement without its name; anything else as it is. */
function withoutName(statement: unknown): unknown {
  // What submits itself, a cursor say, is no configuration.
  if (typeof statement !== 'object' || statement === null || 'submit' in statement || !('name' in statement)) return statement;
  return { ...statement, name: undefined };
}

/**
 * Makes a connection prepare nothing by name. A pooler that hands connections out by the transaction sends the next statement to any connection of the
 * server, which does not know the name, or knows it from somebody else.
 */
export function forgetNamesOf(client: ClientBase): void {
  const { query } = client;
  Object.assign(client, {
    query: (statement: unknown, ...more: readonly unknown[]): unknown => Reflect.apply(query, client, [withoutName(statement), ...more]),
  });
}

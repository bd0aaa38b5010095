import { z } from 'zod';

/** An error of DuckDB: its class, for example `Binder`, and what it tells. */
export interface DuckdbError {
  readonly type: string;
  readonly message: string;
  /** Where in the SQL, in bytes from 0; null when it does not tell. */
  readonly offset: number | null;
  /** What could not be found. */
  readonly name: string | null;
  readonly subtype: string | null;
}

const shape = z.object({
  exception_type: z.string(),
  exception_message: z.string(),
  position: z.coerce.number().optional(),
  name: z.string().optional(),
  error_subtype: z.string().optional(),
});

/**
 * Reads an error as DuckDB words it: as JSON where `errors_as_json` is set, after some words of the binding, else as text with its class in front.
 *
 * @returns null for what is no error of DuckDB
 */
export function parseDuckdbError(text: string): DuckdbError | null {
  const start = text.indexOf('{"exception_type"');
  if (start >= 0) {
    const parsed = shape.safeParse(jsonOf(text.slice(start)));
    if (parsed.success) {
      const { exception_type: type, exception_message: message, position = null, name = null, error_subtype: subtype = null } = parsed.data;
      return { type, message, offset: position, name, subtype };
    }
  }
  // The binding puts a sentence of its own in front of some errors.
  const plain = /^(?:Failed to [a-z ]+: )?([A-Z][A-Za-z ]*?) (?:Error|Exception): ([^]*)$/.exec(text);
  return plain === null ? null : { type: plain[1] ?? '', message: plain[2] ?? '', offset: null, name: null, subtype: null };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

import { z } from 'zod';
import type { JsonObject } from '../base/json.ts';

const jsonObject = z.record(z.string(), z.json());

/**
 * The arguments of a call as an object. Models write malformed ones at times, which must not make the history unacceptable to a
 * provider that parses it: those become an empty object, and the answer of the tool says what was wrong.
 *
 * @param text JSON, as an engine wrote it
 */
export function parseToolArguments(text: string): JsonObject {
  try {
    const parsed = jsonObject.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : {};
  } catch {
    return {};
  }
}

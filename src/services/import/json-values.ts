import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { AppError } from '../../base/errors.ts';
import { jsonElements, type JsonElement } from '../../base/json-elements.ts';
import type { Tell } from './sources/source-conversation.ts';

/** How deeply values may be nested: deeper ones are of no product that we know, and what walks through them may run out of stack. */
export const maxJsonDepth = 200;

/**
 * The value of an element.
 *
 * @returns undefined, and tells why, when it is none
 */
export function valueOf({ bytes, byteCount }: Pick<JsonElement, 'bytes' | 'byteCount'>, what: string, maxBytes: number, tell: Tell): unknown {
  if (bytes === null) {
    tell(byteCount > maxBytes ? `${what} has more than ${maxBytes} bytes.` : `${what} is nested more than ${maxJsonDepth} levels deep.`);
    return undefined;
  }
  if (!isUtf8(bytes)) tell('Bytes that are no UTF-8 were replaced by U+FFFD.');
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return value;
  } catch {
    tell(`${what} is no JSON.`);
    return undefined;
  }
}

/**
 * All bytes of something that is small.
 *
 * @throws AppError PAYLOAD_TOO_LARGE
 */
export async function readWhole(source: AsyncIterable<Buffer>, maxBytes: number, name: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let byteCount = 0;
  for await (const chunk of source) {
    byteCount += chunk.length;
    if (byteCount > maxBytes) throw new AppError('PAYLOAD_TOO_LARGE', `"${name}" has more than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What stands for an entry that an archive does not have. */
export async function* noBytes(): AsyncGenerator<Buffer> {
  yield Buffer.from('[]');
}

/**
 * The things of a list, one after the other; what cannot be read is told of and passed over.
 *
 * @param source null for an entry that an archive does not have
 * @param list.what for the report: "A goal"
 */
export async function* readList<Shape extends z.ZodType>(
  source: AsyncIterable<Buffer> | null,
  { what, shape }: { readonly what: string; readonly shape: Shape },
  { maxElementBytes, signal, tell }: { readonly maxElementBytes: number; readonly signal: AbortSignal; readonly tell: Tell },
): AsyncGenerator<z.output<Shape>> {
  for await (const element of jsonElements(source ?? noBytes(), { maxElementBytes, maxDepth: maxJsonDepth })) {
    signal.throwIfAborted();
    const value = valueOf(element, what, maxElementBytes, tell);
    if (value === undefined) continue;
    const parsed = shape.safeParse(value);
    if (parsed.success) yield parsed.data;
    else tell(`${what} cannot be read: ${z.prettifyError(parsed.error).split('\n').slice(0, 2).join(' ')}`);
  }
}

import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { createDeferred } from '../base/async.ts';
import { badInput, messageOf } from '../base/errors.ts';
import type { WatchedBody } from './uploads-body.ts';

/** A piece of a form, in the order of the body. */
export type FormPart =
  | { readonly kind: 'field'; readonly name: string; readonly value: string }
  /** The stream must be read to its end before the next part comes. */
  | { readonly kind: 'file'; readonly name: string; readonly fileName: string; readonly stream: Readable };

const limits = { fieldNameSize: 100, fieldSize: 1_024, fields: 20, files: 100, parts: 120, headerPairs: 20, headerSize: 16 * 1024 };

function openParser(request: IncomingMessage): BusboyInstance {
  try {
    return new Busboy({ headers: { ...request.headers, 'content-type': request.headers['content-type'] ?? '' }, limits });
  } catch (error) {
    throw badInput(['body'], `The form cannot be read: ${messageOf(error)}.`);
  }
}

/** The same stream, giving each chunk as it came: a plain one joins what waits into a copy, and leaves the pieces to the collector. */
function chunkByChunk(source: Readable): Readable {
  const stream = new PassThrough({ readableObjectMode: true, readableHighWaterMark: 4 });
  stream.on('error', () => undefined);
  return source.pipe(stream);
}

/**
 * The parts of a multipart form (RFC 7578), streamed.
 *
 * @throws AppError BAD_USER_INPUT for a malformed form or too many parts; the reason of the body's signal
 */
export async function* readForm(request: IncomingMessage, body: WatchedBody): AsyncGenerator<FormPart> {
  const parser = openParser(request);
  const waiting: FormPart[] = [];
  const opened = new Set<Readable>();
  let failure: unknown = null;
  let isFinished = false;
  let wake = createDeferred();

  const fail = (error: unknown): void => {
    failure ??= error;
    for (const stream of opened) stream.destroy(error instanceof Error ? error : undefined);
    wake.resolve();
  };
  const add = (part: FormPart): void => {
    waiting.push(part);
    wake.resolve();
  };

  parser.on('field', (name, value) => add({ kind: 'field', name, value }));
  parser.on('file', (name, source, fileName) => {
    const stream = chunkByChunk(source);
    opened.add(source).add(stream);
    source.on('error', (error) => stream.destroy(error));
    if (failure === null) add({ kind: 'file', name, fileName, stream });
    else source.destroy();
  });
  parser.on('error', (error) => fail(badInput(['body'], `The form cannot be read: ${messageOf(error)}.`)));
  parser.once('finish', () => {
    isFinished = true;
    wake.resolve();
  });
  for (const event of ['partsLimit', 'filesLimit', 'fieldsLimit'] satisfies ('partsLimit' | 'filesLimit' | 'fieldsLimit')[]) {
    parser.once(event, () => fail(badInput(['body'], `The form has more parts than are allowed: ${limits.files} files and ${limits.fields} fields.`)));
  }
  const onAbort = (): void => fail(body.signal.reason);
  body.signal.addEventListener('abort', onAbort, { once: true });
  if (body.signal.aborted) onAbort();
  body.stream.pipe(parser);

  try {
    for (;;) {
      if (failure !== null) throw failure;
      const part = waiting.shift();
      if (part !== undefined) yield part;
      else if (isFinished) return;
      else {
        await wake.promise;
        wake = createDeferred();
      }
    }
  } finally {
    body.signal.removeEventListener('abort', onAbort);
    body.stream.unpipe(parser);
    for (const stream of opened) stream.destroy();
  }
}

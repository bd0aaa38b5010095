import type { IncomingMessage } from 'node:http';
import { decodeGlobalID } from '@pothos/plugin-relay';
import { badInput } from '../base/errors.ts';
import { isUuid } from '../base/id.ts';
import { readingOptions, type ReadingOptions } from '../base/reading.ts';
import { parseInput } from '../base/validate.ts';

/** The length that a request says its body has; undefined when it does not say. */
export function contentLengthOf(request: IncomingMessage): number | undefined {
  const header = request.headers['content-length'];
  return header === undefined ? undefined : Number(header);
}

/**
 * The session that a global id names.
 *
 * @throws AppError BAD_USER_INPUT when it names none
 */
export function sessionIdOf(globalId: string): string {
  return idOf(globalId, 'Session', 'sessionId', `"${globalId.slice(0, 80)}" is not the id of a session; use the "id" of a Session.`);
}

/**
 * The knowledge base that a global id names.
 *
 * @throws AppError BAD_USER_INPUT when it names none
 */
export function knowledgeBaseIdOf(globalId: string): string {
  const message = `"${globalId.slice(0, 80)}" is not the id of a knowledge base; say which one it is for: POST /documents?knowledgeBase=<id of a KnowledgeBase>.`;
  return idOf(globalId, 'KnowledgeBase', 'knowledgeBase', message);
}

/**
 * The id that a client chose for an upload; undefined for none.
 *
 * @param id a UUID, also as the global id of an upload
 * @throws AppError BAD_USER_INPUT
 */
export function uploadIdOf(id: string | null): string | undefined {
  if (id === null) return undefined;
  if (isUuid(id)) return id.toLowerCase();
  return idOf(id, 'Upload', 'uploadId', `"${id.slice(0, 80)}" is not a UUID; make a new one for each upload.`);
}

/**
 * How files are to be read, as JSON with the fields of `ReadingOptions`; nothing by default.
 *
 * @throws AppError BAD_USER_INPUT
 */
export function readingOptionsOf(text: string | null): ReadingOptions {
  if (text === null) return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badInput(['options'], `"${text.slice(0, 80)}" is not JSON; write for example {"delimiter":";"}.`);
  }
  return parseInput(readingOptions.strict(), value, ['options']);
}

function idOf(globalId: string, kind: string, field: string, message: string): string {
  try {
    const { typename, id } = decodeGlobalID(globalId);
    if (typename === kind && isUuid(id)) return id;
  } catch {
    throw badInput([field], message);
  }
  throw badInput([field], message);
}

import { createHash, type Hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { badInput } from '../base/errors.ts';
import { TransferError } from './uploads-answer.ts';

/** Where resumable uploads are: new ones at the path itself, each one below it. */
export const tusPath = '/uploads/tus';

/** The version of the protocol (https://tus.io/protocols/resumable-upload). */
const version = '1.0.0';
const algorithms = ['sha1', 'sha256', 'md5'];

/** Whether a path is one of resumable uploads. */
export function isTusPath(path: string): boolean {
  return path === tusPath || path.startsWith(`${tusPath}/`);
}

/** What CORS must allow for these paths. */
export const tusCors = {
  methods: 'POST, HEAD, PATCH, DELETE',
  exposed:
    'Location, Upload-Offset, Upload-Length, Upload-Metadata, Upload-Expires, Tus-Resumable, Tus-Version, Tus-Extension, Tus-Max-Size, Tus-Checksum-Algorithm',
};

/** Says what this server can do, on the answer to OPTIONS and to every other request. */
export function announceTus(request: IncomingMessage, response: ServerResponse, maxUploadBytes: number): void {
  response.setHeader('Tus-Resumable', version);
  if (request.method !== 'OPTIONS') return;
  response.setHeader('Tus-Version', version);
  response.setHeader('Tus-Extension', 'creation,creation-with-upload,termination,expiration,checksum');
  response.setHeader('Tus-Max-Size', String(maxUploadBytes));
  response.setHeader('Tus-Checksum-Algorithm', algorithms.join(','));
}

/**
 * The method of a request: clients whose environment knows no PATCH or DELETE send POST and say what they mean.
 *
 * @throws TransferError 412 when the client speaks another version
 */
export function tusMethodOf(request: IncomingMessage): string {
  const spoken = request.headers['tus-resumable'];
  if (spoken !== version)
    throw new TransferError(
      412,
      'BAD_USER_INPUT',
      `This is tus ${version}; the header "Tus-Resumable" says ${spoken === undefined ? 'nothing' : 'another version'}.`,
    );
  const override = request.headers['x-http-method-override'];
  return typeof override === 'string' && request.method === 'POST' ? override.toUpperCase() : (request.method ?? '');
}

/**
 * A header that is a count of bytes.
 *
 * @throws AppError BAD_USER_INPUT when it is missing or none
 */
export function byteCountOf(request: IncomingMessage, name: 'Upload-Length' | 'Upload-Offset'): number {
  const value = request.headers[name.toLowerCase()];
  if (typeof value !== 'string' || !/^\d{1,15}$/.test(value))
    throw badInput([name], `The header "${name}" must be a whole number of bytes; it is ${JSON.stringify(value?.slice(0, 40) ?? null)}.`);
  return Number(value);
}

/** `Upload-Metadata`: keys, each with a value in base64 (section "Creation"). */
export function metadataOf(request: IncomingMessage): ReadonlyMap<string, string> {
  const header = request.headers['upload-metadata'];
  const pairs = typeof header === 'string' ? header.split(',') : [];
  return new Map(
    pairs.flatMap((pair) => {
      const [key = '', value = ''] = pair.trim().split(' ');
      return key === '' ? [] : [[key, Buffer.from(value, 'base64').toString('utf8')] as const];
    }),
  );
}

/** The metadata that a client can see again. */
export function metadataHeader(name: string): string {
  return `filename ${Buffer.from(name).toString('base64')}`;
}

/** A checksum that a client promised. */
export interface PromisedChecksum {
  readonly hash: Hash;
  /** @throws TransferError 460 when what came is something else */
  check(): void;
}

/**
 * `Upload-Checksum`: an algorithm, and the digest of the body in base64 (section "Checksum"); null for none.
 *
 * @throws AppError BAD_USER_INPUT for an algorithm that is not known
 */
export function checksumOf(request: IncomingMessage): PromisedChecksum | null {
  const header = request.headers['upload-checksum'];
  if (typeof header !== 'string') return null;
  const [algorithm = '', promised = ''] = header.split(' ');
  if (!algorithms.includes(algorithm))
    throw badInput(['Upload-Checksum'], `"${algorithm.slice(0, 20)}" is no algorithm of this server; use ${algorithms.join(', ')}.`);
  const hash = createHash(algorithm);
  return {
    hash,
    check() {
      // The status is one of the protocol's own.
      if (hash.digest('base64') !== promised)
        throw new TransferError(460, 'BAD_USER_INPUT', 'The bytes that came are not those of the checksum. None of them was kept; send them again.');
    },
  };
}

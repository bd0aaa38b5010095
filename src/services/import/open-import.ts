import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { AppError, messageOf } from '../../base/errors.ts';
import { JsonDocumentError } from '../../base/json-elements.ts';
import type { ImportConfig } from '../../base/import-config.ts';
import { kindOfBytes, recogniseJson, type RecognisedDocument } from './recognise.ts';
import { openZip, type ZipReader } from './zip-reader.ts';

/** A JSON document in what was sent. */
export interface ImportDocument extends RecognisedDocument {
  /** Of the entry, or of the file. */
  readonly name: string;
  readonly byteSize: number;
  /** Its bytes, from the first one on. */
  open(): AsyncIterable<Buffer>;
}

/** What was sent, once it is known what it is. */
export interface OpenImport extends Disposable {
  /** Those that hold something of ours, in the order of their names. */
  readonly documents: readonly ImportDocument[];
  /** Documents in an archive that hold nothing that we know. */
  readonly unknown: readonly string[];
  /** Null for a file that is no archive. */
  readonly zip: ZipReader | null;
}

const accepted =
  'Send the ZIP archive of an export of ChatGPT, of Claude or of this server as it came, or the "conversations.json" of it, or a conversation that was exported as JSON.';

async function headOf(path: string): Promise<Buffer> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(4_096), 0, 4_096, 0);
  return buffer.subarray(0, bytesRead);
}

async function openArchive(path: string, limits: ImportConfig, signal: AbortSignal): Promise<OpenImport> {
  const zip = await openZip(path, limits.maxUnpackedBytes);
  try {
    const documents: ImportDocument[] = [];
    const unknown: string[] = [];
    const names = [...zip.entries.values()].filter(({ name }) => /\.json$/i.test(name)).toSorted((one, other) => (one.name < other.name ? -1 : 1));
    const manifest = zip.entries.get('manifest.json');
    const read = (name: string): AsyncIterable<Buffer> => zip.read(name, signal);
    // Of an archive of ours everything is known by its table of contents.
    if (manifest !== undefined && (await knownOrNull(read(manifest.name), limits))?.kind === 'colloquy-manifest') {
      return {
        documents: [{ ...manifest, kind: 'colloquy-manifest', source: 'colloquy', open: () => read(manifest.name) }],
        unknown,
        zip,
        [Symbol.dispose]: () => zip[Symbol.dispose](),
      };
    }
    for (const { name, byteSize } of names) {
      signal.throwIfAborted();
      const known = await knownOrNull(read(name), limits);
      if (known === null || known.kind === 'colloquy-manifest') unknown.push(name);
      else documents.push({ ...known, name, byteSize, open: () => read(name) });
    }
    if (documents.every(({ kind }) => kind === 'chatgpt-feedback')) {
      const seen =
        unknown.length === 0
          ? 'no JSON document is in it'
          : `none is in ${unknown
              .slice(0, 3)
              .map((name) => `"${name.slice(0, 80)}"`)
              .join(', ')}`;
      throw new AppError('UNSUPPORTED_FILE', `The archive holds no conversations that are known here: ${seen}. ${accepted}`);
    }
    return { documents, unknown, zip, [Symbol.dispose]: () => zip[Symbol.dispose]() };
  } catch (error) {
    zip[Symbol.dispose]();
    throw error;
  }
}

/** What a document of an archive is; null for what is none of ours, or no JSON. */
async function knownOrNull(source: AsyncIterable<Buffer>, limits: ImportConfig): Promise<RecognisedDocument | null> {
  try {
    return (await recogniseJson(source, limits.maxElementBytes)).document;
  } catch (error) {
    if (error instanceof JsonDocumentError) return null;
    throw error;
  }
}

async function openDocument(path: string, name: string, limits: ImportConfig): Promise<OpenImport> {
  const { size } = await stat(path);
  const { document, looks } = await recogniseJson(createReadStream(path), limits.maxElementBytes).catch((error: unknown) => {
    throw error instanceof JsonDocumentError ? new AppError('UNSUPPORTED_FILE', `"${name}" cannot be read: ${messageOf(error)}. ${accepted}`) : error;
  });
  const nothing = { documents: [], unknown: [], zip: null, [Symbol.dispose]: () => undefined };
  if (document === null && looks === 0) return nothing;
  if (document === null || document.kind === 'chatgpt-feedback' || document.kind === 'colloquy-manifest')
    throw new AppError('UNSUPPORTED_FILE', `"${name}" holds no conversations that are known here. ${accepted}`);
  return { ...nothing, documents: [{ ...document, name, byteSize: size, open: () => createReadStream(path) }] };
}

/**
 * Opens what was sent, and finds out what it is by what is in it.
 *
 * @param name for messages
 * @throws AppError UNSUPPORTED_FILE, PAYLOAD_TOO_LARGE
 */
export async function openImport(path: string, name: string, limits: ImportConfig, signal: AbortSignal): Promise<OpenImport> {
  switch (kindOfBytes(await headOf(path))) {
    case 'zip':
      return openArchive(path, limits, signal);
    case 'json':
      return openDocument(path, name, limits);
    case 'gzip':
      throw new AppError('UNSUPPORTED_FILE', `"${name}" is packed with gzip. Unpack it, and send what is in it.`);
    case 'other':
      // A JSON document in UTF-16 says so better than we do.
      return openDocument(path, name, limits);
  }
}

import { open } from 'node:fs/promises';
import { fileTypeFromBuffer } from 'file-type';
import { imageSize } from 'image-size';
import type { AttachmentConfig } from '../../base/attachment-config.ts';
import { AppError } from '../../base/errors.ts';
import type { EngineImage } from '../../engines/engine.ts';

/** What a file is, by its bytes. */
export interface Inspected {
  readonly mediaType: string;
  /** In pixels; null for what is no picture. */
  readonly size: { readonly width: number; readonly height: number } | null;
  /** What it says; null for a picture, and for a recording that nobody has written down yet. */
  readonly text: string | null;
}

/** The kinds of pictures that every provider reads, by what `file-type` and `image-size` call them. */
const imageKinds: { readonly [detected in string]?: { readonly mediaType: EngineImage['mediaType']; readonly type: string } } = {
  'image/png': { mediaType: 'image/png', type: 'png' },
  'image/apng': { mediaType: 'image/png', type: 'png' },
  'image/jpeg': { mediaType: 'image/jpeg', type: 'jpg' },
  'image/gif': { mediaType: 'image/gif', type: 'gif' },
  'image/webp': { mediaType: 'image/webp', type: 'webp' },
};

/**
 * The kinds of sound that providers take, by what `file-type` calls them. What browsers record is a WebM without a picture in it, which nothing
 * in its first bytes tells from a film.
 */
const audioKinds: { readonly [detected in string]?: string } = {
  'audio/mpeg': 'audio/mpeg',
  'audio/wav': 'audio/wav',
  'audio/mp4': 'audio/mp4',
  'audio/x-m4a': 'audio/mp4',
  'audio/ogg': 'audio/ogg',
  'audio/ogg; codecs=opus': 'audio/ogg',
  'audio/flac': 'audio/flac',
  'video/webm': 'audio/webm',
};

/** What is told of a text by its ending alone: a word for people and models, which nothing is decided by. */
const textKinds: { readonly [ending in string]?: string } = {
  md: 'text/markdown',
  markdown: 'text/markdown',
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  json: 'application/json',
};

/** The kind is told by the first bytes; the size of a JPEG stands behind what cameras write before it. */
const headBytes = 64 * 1024;
const imageHeadBytes = 1024 * 1024;

const accepted =
  'Pictures are PNG, JPEG, GIF or WebP; recordings are MP3, WAV, M4A, Ogg, WebM or FLAC; other files are text in UTF-8, such as Markdown, CSV, JSON or source code.';

async function readStart(path: string, length: number): Promise<Uint8Array> {
  await using handle = await open(path);
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, 0);
  return buffer.subarray(0, bytesRead);
}

async function inspectImage(path: string, name: string, kind: { readonly mediaType: string; readonly type: string }, maxPixels: number): Promise<Inspected> {
  const size = sizeOf(await readStart(path, imageHeadBytes), kind.type);
  if (size === null)
    throw new AppError('UNSUPPORTED_FILE', `"${name}" begins like ${kind.mediaType}, but has no size that can be read. Save it anew as PNG or JPEG.`);
  const pixels = size.width * size.height;
  if (pixels > maxPixels) {
    throw new AppError(
      'PAYLOAD_TOO_LARGE',
      `"${name}" is ${size.width} by ${size.height} pixels, which is ${pixels}; ${maxPixels} are the most. Make it smaller: models read no more than about 1,500 by 1,500.`,
    );
  }
  return { mediaType: kind.mediaType, size, text: null };
}

function sizeOf(bytes: Uint8Array, type: string): { readonly width: number; readonly height: number } | null {
  try {
    const found = imageSize(bytes);
    // A file that two readers take for two things is neither.
    return found.type === type && found.width > 0 && found.height > 0 ? { width: found.width, height: found.height } : null;
  } catch {
    return null;
  }
}

function inspectSound(name: string, mediaType: string, byteSize: number, { maxAudioBytes }: AttachmentConfig): Inspected {
  if (byteSize <= maxAudioBytes) return { mediaType, size: null, text: null };
  throw new AppError(
    'PAYLOAD_TOO_LARGE',
    `"${name}" has ${byteSize} bytes; a recording has at most ${maxAudioBytes}. Cut it, or save it as MP3 or Ogg with fewer bits a second.`,
  );
}

async function inspectText(path: string, name: string, byteSize: number, detected: string | undefined, maxTextBytes: number): Promise<Inspected> {
  const about = detected === undefined ? 'is no text in UTF-8' : `is ${detected}`;
  const start = textOf(await readStart(path, Math.min(byteSize, maxTextBytes)), byteSize > maxTextBytes);
  if (start === null || detected === 'application/pdf') throw new AppError('UNSUPPORTED_FILE', `"${name}" ${about}, which no model is shown. ${accepted}`);
  if (byteSize > maxTextBytes) {
    throw new AppError(
      'PAYLOAD_TOO_LARGE',
      `"${name}" has ${byteSize} bytes; a text file has at most ${maxTextBytes}. Send the part that matters, or upload data with POST /uploads to ask about it.`,
    );
  }
  const ending = /\.([A-Za-z0-9]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  // HTML and SVG are text like any other: nobody's browser is to take them for pages of ours.
  return { mediaType: textKinds[ending] ?? 'text/plain', size: null, text: start };
}

/** The text of some bytes; null when they are none, or hold characters that no text has. */
function textOf(bytes: Uint8Array, isCut: boolean): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: isCut });
    return /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text) ? null : text;
  } catch {
    return null;
  }
}

/**
 * What a file is. Its name decides nothing.
 *
 * @param path where it lies
 * @param name for messages
 * @throws AppError UNSUPPORTED_FILE for what no model is shown, PAYLOAD_TOO_LARGE for a picture with too many pixels and for too much text
 */
export async function inspectAttachment(path: string, name: string, byteSize: number, limits: AttachmentConfig): Promise<Inspected> {
  const detected = (await fileTypeFromBuffer(await readStart(path, headBytes)))?.mime;
  const sound = detected === undefined ? undefined : audioKinds[detected];
  if (sound !== undefined) return inspectSound(name, sound, byteSize, limits);
  if (byteSize > limits.maxBytes)
    throw new AppError('PAYLOAD_TOO_LARGE', `"${name}" has ${byteSize} bytes; a file that is no recording has at most ${limits.maxBytes} bytes.`);
  const kind = detected === undefined ? undefined : imageKinds[detected];
  return kind === undefined ? inspectText(path, name, byteSize, detected, limits.maxTextBytes) : inspectImage(path, name, kind, limits.maxPixels);
}

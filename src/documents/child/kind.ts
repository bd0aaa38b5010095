import { fileTypeFromBuffer } from 'file-type';
import type { DocumentType } from '../document.ts';
import { UnreadableDocument } from './block.ts';

/** What a document is, with its text where it is one. */
export type Recognised =
  | { readonly type: Extract<DocumentType, `application/${string}`> }
  | { readonly type: Extract<DocumentType, `text/${string}`>; readonly text: string };

const docx = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const accepted = 'Documents are PDF, DOCX, HTML, Markdown, CSV or plain text.';
const sampleLength = 64 * 1024;

/** Words for kinds that people may take for documents. */
const remedies: { readonly [mime in string]?: string } = {
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'Save the sheet as CSV, or upload it to a data session with POST /uploads.',
  'application/vnd.oasis.opendocument.text': 'Save it as DOCX or PDF.',
  'application/x-cfb': 'Save it as DOCX or PDF: the old formats of Office are not read.',
  'application/rtf': 'Save it as DOCX or PDF.',
  'application/epub+zip': 'Save it as PDF or HTML.',
};

/** The text of some bytes: by its byte order mark, else UTF-8, else what it is said to be, else Windows-1252. Null for what is no text. */
function decode(bytes: Uint8Array, charset: string | null): string | null {
  const [first, second] = bytes;
  const marked = first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : null;
  if (marked === null && bytes.subarray(0, sampleLength).includes(0)) return null;
  const inner = /<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{2,40})/i.exec(Buffer.from(bytes.subarray(0, 2048)).toString('latin1'))?.[1];
  for (const [label, fatal] of [
    [marked, true],
    ['utf-8', true],
    [charset, true],
    [inner, true],
    ['windows-1252', false],
  ] as const) {
    if (label == null) continue;
    try {
      const text = new TextDecoder(label, { fatal }).decode(bytes);
      const sample = text.slice(0, sampleLength);
      // What is no text has many characters that no text has.
      const strange = sample.match(/[\u0000-\u0008\u000e-\u001a\u001c-\u001f\ufffd]/g)?.length ?? 0;
      if (strange * 200 <= sample.length) return text;
    } catch {
      // Not in this one, or none that is known.
    }
  }
  return null;
}

/** By which character the values of a table stand apart; null for what is no table. */
export function delimiterOf(text: string): string | null {
  const lines = text.slice(0, 16_384).split('\n').slice(0, 20);
  if (text.length > 16_384) lines.pop();
  const filled = lines.filter((line) => line.trim() !== '').map((line) => line.replaceAll(/"(?:[^"]|"")*"/g, ''));
  const counts = [',', ';', '\t', '|'].map((delimiter) => {
    const [header = 0, ...rest] = filled.map((line) => line.split(delimiter).length - 1);
    return { delimiter, header, isTable: header > 0 && rest.length > 0 && rest.filter((count) => count === header).length >= rest.length * 0.8 };
  });
  return counts.filter(({ isTable }) => isTable).toSorted((one, other) => other.header - one.header)[0]?.delimiter ?? null;
}

/**
 * What some bytes are. The name decides between kinds of text alone, and only where the text agrees.
 *
 * @throws UnreadableDocument for everything that is not read
 */
export async function recognise(bytes: Uint8Array, name: string, charset: string | null): Promise<Recognised> {
  if (bytes.length === 0) throw new UnreadableDocument('UNSUPPORTED_FILE', 'The document is empty.');
  const detected = (await fileTypeFromBuffer(bytes))?.mime;
  if (detected === 'application/pdf' || detected === docx) return { type: detected };
  const isText = detected === undefined || detected === 'application/xml' || detected.startsWith('text/');
  const text = isText ? decode(bytes, charset) : null;
  if (text === null) {
    const what = detected === undefined ? 'no text in a known encoding' : detected;
    throw new UnreadableDocument('UNSUPPORTED_FILE', `The document is ${what}, which is not read. ${remedies[detected ?? ''] ?? accepted}`);
  }
  const ending = /\.([A-Za-z0-9]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  const start = text
    .slice(0, 2_000)
    .replaceAll(/<!--[\s\S]*?-->|<\?xml[^>]*>/g, '')
    .trimStart();
  if (/^(<!doctype html|<(html|head|body)\b)/i.test(start) || (/^html?$/.test(ending) && /<[a-z][^>]*>/i.test(start))) return { type: 'text/html', text };
  if (/^(csv|tsv)$/.test(ending) && delimiterOf(text) !== null) return { type: 'text/csv', text };
  return { type: /^(md|markdown)$/.test(ending) ? 'text/markdown' : 'text/plain', text };
}

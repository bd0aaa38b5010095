import { getDocumentProxy } from 'unpdf';
import { z } from 'zod';
import { cleanText, UnreadableDocument, type Block, type Extracted } from './block.ts';

/** What is read of a piece of text on a page; `transform` is a matrix whose sixth number is the height on the page. */
const textItem = z.object({ str: z.string(), hasEOL: z.boolean(), height: z.number(), transform: z.array(z.number()) });

interface Line {
  readonly text: string;
  readonly page: number;
  /** Of its letters. */
  readonly size: number;
  /** Above the bottom of the page. */
  readonly y: number;
}

/** From how many times the usual size on a line is a heading. */
const headingFactor = 1.2;
const longestHeading = 150;

function linesOf(items: readonly unknown[], page: number): readonly Line[] {
  const lines: Line[] = [];
  let text = '';
  let size = 0;
  let y = 0;
  const flush = (): void => {
    const clean = cleanText(text.replaceAll(/\s+/g, ' '));
    if (clean !== '') lines.push({ text: clean, page, size, y });
    text = '';
    size = 0;
  };
  for (const item of items) {
    const parsed = textItem.safeParse(item);
    if (!parsed.success) continue;
    const { str, hasEOL, height, transform } = parsed.data;
    const at = transform[5] ?? 0;
    if (text !== '' && Math.abs(at - y) > Math.max(height, size) * 0.8) flush();
    if (str !== '') y = at;
    size = Math.max(size, height);
    text += str;
    if (hasEOL) flush();
  }
  flush();
  return lines;
}

/** The size that most of the text has. */
function usualSize(lines: readonly Line[]): number {
  const lengths = new Map<number, number>();
  for (const { size, text } of lines) lengths.set(Math.round(size), (lengths.get(Math.round(size)) ?? 0) + text.length);
  return [...lengths].toSorted((one, other) => other[1] - one[1])[0]?.[0] ?? 0;
}

/** Puts lines together to paragraphs, by the room between them; larger letters make headings. */
function blocksOf(lines: readonly Line[]): readonly Block[] {
  const usual = usualSize(lines);
  const sizes = [...new Set(lines.map(({ size }) => Math.round(size)))].filter((size) => size >= usual * headingFactor).toSorted((one, other) => other - one);
  const blocks: Block[] = [];
  let paragraph: Line[] = [];
  const flush = (): void => {
    const [first] = paragraph;
    if (first === undefined) return;
    // A word that was broken at the end of a line is put together again.
    const text = paragraph
      .map((line) => line.text)
      .join('\n')
      .replaceAll(/(\p{Ll})-\n(\p{Ll})/gu, '$1$2')
      .replaceAll('\n', ' ');
    blocks.push({ kind: 'text', text, page: first.page });
    paragraph = [];
  };
  for (const line of lines) {
    const level = sizes.indexOf(Math.round(line.size)) + 1;
    if (usual > 0 && level > 0 && line.text.length <= longestHeading && /\p{L}/u.test(line.text)) {
      flush();
      blocks.push({ kind: 'heading', level: Math.min(6, level), text: line.text, page: line.page });
      continue;
    }
    const last = paragraph.at(-1);
    const gap = last === undefined ? 0 : last.y - line.y;
    if (last !== undefined && (last.page !== line.page || gap < 0 || gap > Math.max(line.size, usual) * 1.8)) flush();
    paragraph.push(line);
  }
  flush();
  return blocks;
}

/**
 * Reads a PDF page by page.
 *
 * @throws UnreadableDocument when it is damaged or locked, has too many pages or characters, or no text at all
 */
export async function readPdf(bytes: Uint8Array, limits: { readonly maxPages: number; readonly maxCharacters: number }): Promise<Extracted> {
  const pdf = await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0, maxImageSize: 1, useSystemFonts: false }).catch((error: unknown) => {
    const isLocked = error instanceof Error && error.name === 'PasswordException';
    const message = isLocked ? 'The PDF is locked by a password. Save it without one.' : 'The PDF is damaged and cannot be read. Print it to a new PDF.';
    throw new UnreadableDocument('UNSUPPORTED_FILE', message);
  });
  const { numPages: pageCount } = pdf;
  if (pageCount > limits.maxPages)
    throw new UnreadableDocument('PAYLOAD_TOO_LARGE', `The PDF has ${pageCount} pages; ${limits.maxPages} are the most. Split it into several documents.`);
  const lines: Line[] = [];
  let characters = 0;
  for (let number = 1; number <= pageCount && characters <= limits.maxCharacters; number += 1) {
    try {
      const page = await pdf.getPage(number);
      const found = linesOf((await page.getTextContent()).items, number);
      characters += found.reduce((sum, { text }) => sum + text.length, 0);
      lines.push(...found);
      page.cleanup();
    } catch {
      // One broken page is no reason to lose the others.
    }
  }
  if (lines.length === 0)
    throw new UnreadableDocument('UNSUPPORTED_FILE', `The PDF has ${pageCount} pages and no text: they are pictures. Have their text recognised (OCR) first.`);
  const info = await pdf.getMetadata().then(
    (metadata) =>
      z
        .object({ Title: z.string().catch('') })
        .catch({ Title: '' })
        .parse(metadata.info).Title,
    () => '',
  );
  return { title: cleanText(info) || null, pageCount, blocks: blocksOf(lines) };
}

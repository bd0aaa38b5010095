import { parse } from 'csv-parse/sync';
import { cleanText, type Block, type Extracted, UnreadableDocument } from './block.ts';
import { delimiterOf } from './kind.ts';

const paragraphs = (text: string): readonly Block[] =>
  cleanText(text)
    .split(/\n{2,}/)
    .flatMap((paragraph) => (paragraph.trim() === '' ? [] : [{ kind: 'text', text: paragraph.trim() }]));

/** Plain text: paragraphs stand apart by empty lines. */
export function readText(text: string): Extracted {
  return { title: null, pageCount: null, blocks: paragraphs(text) };
}

/** Markdown: its headings are those of the document, and pieces of code stay whole. */
export function readMarkdown(text: string): Extracted {
  const lines = text
    .replaceAll(/\r\n?/g, '\n')
    .replace(/^\ufeff?---\n[\s\S]*?\n---\n/, '')
    .split('\n');
  const blocks: Block[] = [];
  let pending: string[] = [];
  let fence: string | null = null;

  const flush = (): void => {
    blocks.push(...(fence === null ? paragraphs(pending.join('\n')) : [{ kind: 'text', text: cleanText(pending.join('\n')) } as const]));
    pending = [];
  };
  const heading = (level: number, words: string): void => {
    flush();
    const clean = cleanText(words.replaceAll(/[*_`]/g, ''));
    if (clean !== '') blocks.push({ kind: 'heading', level, text: clean });
  };

  for (const line of lines) {
    const opened: string | undefined = /^\s{0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence !== null) {
      pending.push(line);
      if (opened?.startsWith(fence) === true) {
        flush();
        fence = null;
      }
    } else if (opened !== undefined) {
      flush();
      fence = opened;
      pending.push(line);
    } else if (/^#{1,6}\s/.test(line)) heading(line.search(/[^#]/), line.replace(/^#+\s+/, '').replace(/\s+#+\s*$/, ''));
    else if (/^(=+|-{2,})\s*$/.test(line) && pending.at(-1)?.trim()) heading(line.startsWith('=') ? 1 : 2, pending.pop() ?? '');
    else pending.push(line);
  }
  flush();
  const [first] = blocks;
  return { title: first?.kind === 'heading' ? first.text : null, pageCount: null, blocks };
}

/** A table as text: each row says what its values are of, so that it can be understood by itself. */
export function readCsv(text: string): Extracted {
  let rows: string[][];
  try {
    rows = parse(text, {
      delimiter: delimiterOf(text) ?? ',',
      bom: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: 1_000_000,
    });
  } catch (error) {
    throw new UnreadableDocument('UNSUPPORTED_FILE', `The table cannot be read: ${error instanceof Error ? error.message : 'it is damaged'}`);
  }
  const [header = [], ...body] = rows;
  const blocks = body.flatMap((values, index): readonly Block[] => {
    const said = values.flatMap((value, place) => (value === '' ? [] : [`${header[place] || `column ${place + 1}`}: ${value}`]));
    return said.length === 0 ? [] : [{ kind: 'row', row: index + 1, text: cleanText(said.join('; ')) }];
  });
  return { title: null, pageCount: null, blocks };
}

import { Parser } from 'htmlparser2';
import { cleanText, UnreadableDocument, type Block, type Extracted } from './block.ts';

/** What is no text of a page, or is on every page of a site. */
const skipped: ReadonlySet<string> = new Set(
  'script style noscript template svg math iframe object embed canvas audio video nav footer aside form button select textarea dialog'.split(' '),
);
/** What ends a paragraph. */
const separate: ReadonlySet<string> = new Set(
  'p div section article main header address blockquote ul ol dl dt dd table caption thead tbody figure figcaption hr pre details summary body'.split(' '),
);
/** Where the text of a page is, if it says so. */
const mains: ReadonlySet<string> = new Set(['main', 'article']);
/** How much of a page must stand there for the rest to be left out. */
const leastMainShare = 0.3;
const leastMainCharacters = 200;
/** Nobody writes pages that are nested deeper, and the time of reading grows with the square of it. */
const deepest = 2_000;

interface Found {
  readonly block: Block;
  readonly isMain: boolean;
}

/**
 * Reads a page in one pass, without a tree.
 *
 * @throws UnreadableDocument when it is nested too deeply
 */
export function readHtml(html: string): Extracted {
  const found: Found[] = [];
  let title = '';
  let text = '';
  let heading: number | null = null;
  let skipping: string | null = null;
  let skipDepth = 0;
  let mainDepth = 0;
  let preDepth = 0;
  let depth = 0;
  let isTitle = false;

  const flush = (): void => {
    const clean = cleanText(text);
    text = '';
    if (clean === '') return;
    const block: Block = heading === null ? { kind: 'text', text: clean } : { kind: 'heading', level: heading, text: clean.replaceAll(/\s+/g, ' ') };
    found.push({ block, isMain: mainDepth > 0 });
  };

  const parser = new Parser({
    onopentag(name, attributes) {
      depth += 1;
      if (depth > deepest) throw new UnreadableDocument('UNSUPPORTED_FILE', `The page is nested more than ${deepest} elements deep. Save its text anew.`);
      if (skipping !== null) {
        if (name === skipping) skipDepth += 1;
        return;
      }
      const isHidden = 'hidden' in attributes || attributes['aria-hidden'] === 'true' || attributes['role'] === 'navigation';
      if (skipped.has(name) || isHidden) {
        skipping = name;
        skipDepth = 1;
        return;
      }
      const level = /^h([1-6])$/.exec(name)?.[1];
      if (level !== undefined) {
        flush();
        heading = Number(level);
      } else if (name === 'title') isTitle = title === '';
      else if (name === 'br' || name === 'tr') text += '\n';
      else if (name === 'li') text += '\n- ';
      else if (name === 'td' || name === 'th') text += /(^|\n)$/.test(text) ? '' : ' | ';
      else if (separate.has(name)) flush();
      if (name === 'pre') preDepth += 1;
      if (mains.has(name)) mainDepth += 1;
    },
    ontext(piece) {
      if (skipping !== null) return;
      if (isTitle) title += piece;
      else text += preDepth > 0 ? piece : piece.replaceAll(/[\s\u00a0]+/g, ' ');
    },
    onclosetag(name) {
      depth -= 1;
      if (skipping !== null) {
        if (name === skipping) skipDepth -= 1;
        if (skipDepth === 0) skipping = null;
        return;
      }
      if (name === 'title') isTitle = false;
      if (separate.has(name) || /^h[1-6]$/.test(name)) flush();
      if (/^h[1-6]$/.test(name)) heading = null;
      if (name === 'pre') preDepth -= 1;
      if (mains.has(name)) mainDepth -= 1;
    },
  });
  parser.write(html);
  parser.end();
  flush();

  const lengthOf = (some: readonly Found[]): number => some.reduce((sum, { block }) => sum + block.text.length, 0);
  const main = found.filter(({ isMain }) => isMain);
  const isEnough = lengthOf(main) >= Math.max(leastMainCharacters, lengthOf(found) * leastMainShare);
  return { title: cleanText(title.replaceAll(/\s+/g, ' ')) || null, pageCount: null, blocks: (isEnough ? main : found).map(({ block }) => block) };
}

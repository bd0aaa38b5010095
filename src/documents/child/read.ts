import { messageOf } from '../../base/errors.ts';
import { cutIntoPassages } from '../chunking/passages.ts';
import type { ReadReply, ReadTask } from '../document.ts';
import { UnreadableDocument, type Extracted } from './block.ts';
import { recognise, type Recognised } from './kind.ts';
import { readDocx } from './read-docx.ts';
import { readHtml } from './read-html.ts';
import { readPdf } from './read-pdf.ts';
import { readCsv, readMarkdown, readText } from './read-text.ts';

function extract(recognised: Recognised, { bytes, limits }: ReadTask): Extracted | Promise<Extracted> {
  switch (recognised.type) {
    case 'application/pdf':
      return readPdf(bytes, limits);
    case 'application/vnd.openxmlformats-officedocument.wordprocessingml.document':
      return readDocx(bytes, limits.maxUnpackedBytes);
    case 'text/html':
      return readHtml(recognised.text);
    case 'text/markdown':
      return readMarkdown(recognised.text);
    case 'text/csv':
      return readCsv(recognised.text);
    case 'text/plain':
      return readText(recognised.text);
    default:
      return recognised satisfies never;
  }
}

/** Reads a document and cuts it into passages. Never throws: what goes wrong is the reply. */
export async function read(task: ReadTask): Promise<ReadReply> {
  const { limits } = task;
  try {
    const recognised = await recognise(task.bytes, task.name, task.charset);
    const { title, pageCount, blocks } = await extract(recognised, task);
    const characters = blocks.reduce((sum, { text }) => sum + text.length, 0);
    if (characters > limits.maxCharacters)
      throw new UnreadableDocument(
        'PAYLOAD_TOO_LARGE',
        `The document has more than ${limits.maxCharacters} characters of text. Split it into several documents.`,
      );
    const passages = cutIntoPassages(blocks);
    if (passages.length > limits.maxPassages)
      throw new UnreadableDocument(
        'PAYLOAD_TOO_LARGE',
        `The document has ${passages.length} passages; ${limits.maxPassages} are the most. Split it into several documents.`,
      );
    if (passages.length === 0) throw new UnreadableDocument('UNSUPPORTED_FILE', 'The document has no text.');
    return { kind: 'read', document: { mediaType: recognised.type, title, pageCount, passages } };
  } catch (error) {
    if (error instanceof UnreadableDocument) return { kind: 'failed', code: error.code, message: error.message };
    return {
      kind: 'failed',
      code: 'UNSUPPORTED_FILE',
      message: `The document is damaged and cannot be read (${messageOf(error).slice(0, 100)}). Save it anew.`,
    };
  }
}

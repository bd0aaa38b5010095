/** A piece of a document as its reader found it. */
export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly text: string; readonly page?: number }
  /** A paragraph, or what else belongs together: a list, a piece of code. */
  | { readonly kind: 'text'; readonly text: string; readonly page?: number }
  /** A row of a table, from 1. */
  | { readonly kind: 'row'; readonly text: string; readonly row: number };

/** What a reader gives. */
export interface Extracted {
  readonly title: string | null;
  readonly pageCount: number | null;
  readonly blocks: readonly Block[];
}

/** Why a document is not read; the message is a whole sentence with a remedy. */
export class UnreadableDocument extends Error {
  override readonly name = 'UnreadableDocument';
  readonly code: 'UNSUPPORTED_FILE' | 'PAYLOAD_TOO_LARGE';

  constructor(code: 'UNSUPPORTED_FILE' | 'PAYLOAD_TOO_LARGE', message: string) {
    super(message);
    this.code = code;
  }
}

/** Text as it may be stored and shown: no characters that no text has, no trailing blanks, at most one empty line in a row. */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(/\r\n?|[\u2028\u2029]/g, '\n')
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f\u00ad\u200b\ufeff\ufffe\uffff]/g, '')
    .replaceAll('\u00a0', ' ')
    .replaceAll(/[ \t]+\n/g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}

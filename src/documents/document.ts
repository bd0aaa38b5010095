/** A passage of a document, with its place in it. */
export interface Passage {
  readonly text: string;
  /** The headings that it stands under, from the top. */
  readonly headings: readonly string[];
  /** The pages of a PDF that it begins and ends on, from 1; null where there are no pages. */
  readonly page: number | null;
  readonly pageEnd: number | null;
  /** The rows of a table that it holds, from 1 without the header; null for what is no table. */
  readonly row: number | null;
  readonly rowEnd: number | null;
  /** An estimate: what models count differs from one to the next. */
  readonly tokenCount: number;
}

/** What was read of a document. */
export interface ReadDocument {
  /** By its bytes. */
  readonly mediaType: DocumentType;
  /** What it calls itself; null where it does not. */
  readonly title: string | null;
  /** Of a PDF. */
  readonly pageCount: number | null;
  readonly passages: readonly Passage[];
}

/** What can be read. */
export type DocumentType =
  | 'application/pdf'
  | 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
  | 'text/html'
  | 'text/markdown'
  | 'text/csv'
  | 'text/plain';

/** How much of a document is read at most: one that has more is refused, and never cut in silence. */
export interface ReadingLimits {
  readonly maxPages: number;
  /** Of its text, in UTF-16 units. */
  readonly maxCharacters: number;
  readonly maxPassages: number;
  /** Of all that is packed in a DOCX. */
  readonly maxUnpackedBytes: number;
}

/** A document to be read. */
export interface ReadTask {
  readonly bytes: Uint8Array;
  /** A label: it decides between kinds of text alone. */
  readonly name: string;
  /** What its server said of its text; null where nobody did. */
  readonly charset: string | null;
  readonly limits: ReadingLimits;
}

/** How reading ended. */
export type ReadReply =
  | { readonly kind: 'read'; readonly document: ReadDocument }
  | { readonly kind: 'failed'; readonly code: 'UNSUPPORTED_FILE' | 'PAYLOAD_TOO_LARGE'; readonly message: string };

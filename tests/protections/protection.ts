/** A protection that can be taken out, and the tests that must notice. */
export interface Protection {
  /** The case of docs/attacks.md, for example `G02`. */
  readonly id: string;
  /** What is taken out. The product must still run without it, for what is broken altogether proves nothing. */
  readonly what: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  /** What comes in its place; nothing by default. */
  readonly replace?: string;
  /** The test file that must notice. */
  readonly test: string;
  /** What the full names of the tests match, as a regular expression; the id by default. */
  readonly title?: string;
}

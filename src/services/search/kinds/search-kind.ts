import type { Statements } from '../../../stores/statements.ts';

/** Of what a text is. */
export type SearchField = 'TITLE' | 'TAG' | 'TEXT' | 'NAME' | 'COLUMN' | 'FOCUS_AREA';

/** A text in which a query may have been found. */
export interface SearchText {
  readonly field: SearchField;
  readonly text: string;
}

/** A kind of things that can be found. Another one is a file like its neighbours, a line in `kinds.ts`, and triggers that write its entries. */
export interface SearchKind {
  /**
   * The SQL of whether the person of an entry may see its subject now, of `search_entries e`. Entries are one person's anyway; this is asked
   * again because what somebody may see can change faster than an index.
   */
  readonly isVisible: string;
  /** The texts of some subjects, to be shown with what was found in them; read only for subjects that the person may see. */
  textsOf(statements: Statements, userId: string, ids: readonly string[]): Promise<ReadonlyMap<string, readonly SearchText[]>>;
}

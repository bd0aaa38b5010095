import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

// A syntax tree takes up to 150 times the room of its text, so this bounds the cache to about 75 MB when somebody fills it on purpose.
const mostCharacters = 500_000;
const mostDocuments = 1_000;
const longestDocument = 50_000;

/** Keeps parsed documents by their text, and of those that do not parse nothing. */
export interface DocumentCache {
  readonly documentCache: {
    get(text: string): DocumentNode | undefined;
    set(text: string, document: DocumentNode): void;
  };
  readonly errorCache: {
    get(text: string): undefined;
    set(text: string, error: unknown): void;
  };
}

/** A cache whose memory is bounded by what its documents take, and not only by their number, as that of Yoga is. */
export function createDocumentCache(): DocumentCache {
  const documents = new LRUCache<string, DocumentNode>({
    max: mostDocuments,
    maxSize: mostCharacters,
    maxEntrySize: longestDocument,
    sizeCalculation: (_document, text) => text.length + 1,
  });
  return {
    documentCache: { get: (text) => documents.get(text), set: (text, document) => void documents.set(text, document) },
    errorCache: { get: () => undefined, set: () => {} },
  };
}

import { createHash } from 'node:crypto';
import { stringify } from 'uuid';
import type { ImportSource } from './import-row.ts';
import type { NamedKind } from './ids-here.ts';

/** What has an id of its own here. */
export type DerivedKind =
  | 'conversation'
  | 'part'
  | 'run'
  | 'session'
  | 'file'
  | 'table'
  | 'query'
  | 'attachment'
  | 'version'
  | 'templateVersion'
  | 'document'
  | NamedKind;

/**
 * The ids of what is imported: made of the person, the source and the id there, so that the same thing imported again has the same id, and no
 * one can choose an id, not even one of their own.
 */
export interface DerivedIds {
  /** A UUID of version 8 (RFC 9562, section 5.8): SHA-256 of where it comes from. */
  of(kind: DerivedKind, ...sourceIds: readonly string[]): string;
  /**
   * Of a message: a UUID of version 7, since messages of the same millisecond are told in the order of their ids.
   *
   * @param at when it was said, as the source has it
   * @param depth how many messages stand above it
   */
  ofMessage(conversationId: string, sourceId: string, at: Date, depth: number): string;
}

const mostDepth = 0xfff;

function marked(bytes: Uint8Array, version: number): string {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return stringify(bytes);
}

/** The ids of what somebody imports from somewhere. */
export function createDerivedIds(userId: string, source: ImportSource): DerivedIds {
  const hashOf = (kind: string, sourceIds: readonly string[]): Buffer =>
    createHash('sha256')
      .update(JSON.stringify([userId, source, kind, ...sourceIds]))
      .digest();
  return {
    of: (kind, ...sourceIds) => marked(Uint8Array.from(hashOf(kind, sourceIds).subarray(0, 16)), 8),
    ofMessage(conversationId, sourceId, at, depth) {
      const bytes = Buffer.alloc(16);
      const time = at.getTime();
      bytes.writeUIntBE(Number.isFinite(time) ? Math.min(Math.max(Math.trunc(time), 0), 2 ** 48 - 1) : 0, 0, 6);
      bytes.writeUInt16BE(Math.min(depth, mostDepth), 6);
      hashOf('message', [conversationId, sourceId]).copy(bytes, 8, 0, 8);
      return marked(Uint8Array.from(bytes), 7);
    },
  };
}

import type { Run } from '../../../prisma/generated/client.ts';
import type { ContextName } from '../conversation/about.ts';
import type { NewRound, Speaker } from '../persona/speakers.ts';
import type { ImageOptions, RunOptions, SaidOptions } from './options.ts';

/** Where in the tree of its conversation a run takes place. */
export type RunPlace =
  /** After the last message of the branch that people see. */
  | { readonly type: 'END' }
  /** Beside a question of the person's own, in its place. */
  | { readonly type: 'BESIDE'; readonly messageId: string }
  /** After a question, or beside an answer to it. */
  | { readonly type: 'ANSWER'; readonly messageId: string };

/** Which turn of which round a run is. */
export type RunTurn =
  /** The first of a round that begins with it; `said` is how the person wanted all turns to be. */
  { readonly type: 'FIRST'; readonly round: NewRound; readonly said: SaidOptions } | { readonly type: 'NEXT'; readonly roundId: string; readonly turn: number };

/** A run that somebody asked for, checked and complete. */
export interface RunRequest {
  readonly userId: string;
  readonly kind: Run['kind'];
  /** Null makes a new conversation. */
  readonly conversationId: string | null;
  /** What is said; null where a question that is there already gets another answer. */
  readonly text: string | null;
  readonly place: RunPlace;
  /** Pictures and files that the person adds; none when absent. */
  readonly attachmentIds?: readonly string[];
  /** The persona that answers; absent or null for the assistant without one, and where a moderator is yet to pick. */
  readonly speaker?: Pick<Speaker, 'id' | 'name'> | null | undefined;
  /** The round that it is a turn of; absent or null for a run that stands alone. */
  readonly turn?: RunTurn | null | undefined;
  /** `provider:model`. */
  readonly model: string;
  readonly options: RunOptions;
  /** What pictures are to be drawn, of a run that draws; absent of others. */
  readonly image?: ImageOptions;
  /** What it will cost the installation or a workspace where that is not reckoned by tokens, in millionths of a US dollar; absent where it is. */
  readonly reckonedMicros?: bigint;
  readonly idempotencyKey: string | null;
  readonly requestHash: string;
  /** Whether it may wait for the run that is under way; else it is refused. */
  readonly mayWait: boolean;
  /** After how many minutes a new conversation vanishes; absent or null for one that stays. */
  readonly temporaryForMinutes?: number | null | undefined;
  /** What a new conversation is about; absent or null for a plain one. */
  readonly context?: ContextName | null | undefined;
}

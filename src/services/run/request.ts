import type { Run } from '../../../prisma/generated/client.ts';
import type { RunOptions } from './options.ts';

/** A run that somebody asked for, checked and complete. */
export interface RunRequest {
  readonly userId: string;
  readonly kind: Run['kind'];
  /** Null makes a new conversation. */
  readonly conversationId: string | null;
  readonly text: string;
  /** `provider:model`. */
  readonly model: string;
  readonly options: RunOptions;
  readonly idempotencyKey: string | null;
  readonly requestHash: string;
  /** Whether it may wait for the run that is under way; else it is refused. */
  readonly mayWait: boolean;
}

import { expect } from 'vitest';
import type { GraphqlAnswer, GraphqlClient, Parsed } from './graphql-client.ts';

/** An event of a run as a client saw it. */
export interface SeenEvent {
  readonly __typename: string;
  readonly seq: number;
  readonly position?: number;
  readonly text?: string;
  readonly code?: string;
  readonly reason?: string;
}

/** The subscription whose events a ledger compares. */
export const followQuery = `subscription ($id: ID!, $after: Int!) {
  runEvents(runId: $id, after: $after) {
    __typename seq ... on TextDelta { position text } ... on RunFailed { code } ... on RunFinished { reason }
  }
}`;

/** What became of a write. */
export type Outcome =
  | { readonly isAcknowledged: true; readonly id: string }
  | { readonly isAcknowledged: false; readonly code: string; readonly afterMs: number };

interface Sent {
  readonly key: string;
  readonly text: string;
  readonly runId: string;
}

interface Titles {
  acknowledged: string | null;
  /** Those that were asked for since without an answer: any of them may be stored. */
  readonly unanswered: Set<string>;
}

/**
 * What the product has promised, kept outside of its database: every mutation that was answered, every event that any client saw.
 * Afterwards it is held against what the product says then.
 */
export interface Ledger {
  /** Sends a message and notes it when it was answered. */
  send(client: GraphqlClient, input: { readonly text: string; readonly key: string; readonly model?: string }): Promise<Outcome>;
  /** Makes a conversation, notes it when it was answered. */
  create(client: GraphqlClient, title: string): Promise<Outcome>;
  /** Renames a conversation that was made. */
  rename(client: GraphqlClient, id: string, title: string): Promise<Outcome>;
  /** Notes what a client saw of a run. @throws when another client saw another event with this number */
  saw(runId: string, event: SeenEvent): void;
  /** How many different events of a run were seen. */
  seenOf(runId: string): number;
  /**
   * Holds the product to everything in the ledger: nothing that was answered is missing, nothing that was seen is different, every run has
   * ended, its numbers have no gap, its text is what was streamed, and a repeated send finds the same run.
   *
   * @param readEvents reads all events of a run from the product
   */
  verify(client: GraphqlClient, readEvents: (runId: string) => Promise<readonly SeenEvent[]>): Promise<void>;
}

const sendMessage = `mutation ($text: String!, $key: String!, $model: String) {
  sendMessage(input: { text: $text, idempotencyKey: $key, model: $model }) { run { id } }
}`;
const runQuery = `query ($id: ID!) {
  run(id: $id) { status lastEventSeq question { parts { ... on TextPart { text } } } message { parts { ... on TextPart { text } } } }
}`;

const textOf = (message: Parsed): string => (message?.parts ?? []).map((part: { readonly text?: string }) => part.text ?? '').join('');

/** What an answer means; a connection that broke is no answer. */
async function outcomeOf(work: () => Promise<GraphqlAnswer>, idIn: (data: Parsed) => string): Promise<Outcome> {
  const startedAt = performance.now();
  const answer = await work().catch(() => null);
  const afterMs = performance.now() - startedAt;
  if (answer === null) return { isAcknowledged: false, code: 'NO_ANSWER', afterMs };
  const [error] = answer.body?.errors ?? [];
  if (error !== undefined) return { isAcknowledged: false, code: error.extensions.code, afterMs };
  return { isAcknowledged: true, id: idIn(answer.body?.data) };
}

/** How many runs are verified at the same time. */
const atOnce = 8;

/** A ledger with nothing in it. */
export function createLedger(): Ledger {
  const sends: Sent[] = [];
  const titles = new Map<string, Titles>();
  const seen = new Map<string, Map<number, SeenEvent>>();

  async function verifyRun(client: GraphqlClient, { runId, key, text }: Sent, events: readonly SeenEvent[]): Promise<void> {
    const { run } = await client.request(runQuery, { id: runId });
    expect(textOf(run.question), `question of ${runId}`).toBe(text);
    expect(['COMPLETED', 'STOPPED', 'FAILED'], `status of ${runId}`).toContain(run.status);
    expect(
      events.map((event) => event.seq),
      `numbers of ${runId}`,
    ).toEqual(Array.from({ length: run.lastEventSeq }, (_, index) => index + 1));
    expect(events.at(-1)?.__typename).toBe(run.status === 'FAILED' ? 'RunFailed' : 'RunFinished');
    expect(events.map((event) => event.text ?? '').join(''), `text of ${runId}`).toBe(textOf(run.message));
    for (const [seq, event] of seen.get(runId) ?? []) expect(events[seq - 1], `event ${seq} of ${runId}`).toEqual(event);
    const repeated = await client.request(sendMessage, { text, key });
    expect(repeated.sendMessage.run.id, `repeated send of ${key}`).toBe(runId);
  }

  return {
    async send(client, { text, key, model }) {
      const outcome = await outcomeOf(
        () => client.ask(sendMessage, { text, key, ...(model === undefined ? {} : { model }) }),
        (data) => data.sendMessage.run.id,
      );
      if (outcome.isAcknowledged) sends.push({ key, text, runId: outcome.id });
      return outcome;
    },
    async create(client, title) {
      const outcome = await outcomeOf(
        () => client.ask('mutation ($title: String!) { createConversation(input: { title: $title }) { conversation { id } } }', { title }),
        (data) => data.createConversation.conversation.id,
      );
      if (outcome.isAcknowledged) titles.set(outcome.id, { acknowledged: title, unanswered: new Set() });
      return outcome;
    },
    async rename(client, id, title) {
      const known = titles.get(id) ?? { acknowledged: null, unanswered: new Set<string>() };
      known.unanswered.add(title);
      const outcome = await outcomeOf(
        () =>
          client.ask('mutation ($id: ID!, $title: String!) { updateConversation(input: { id: $id, title: $title }) { conversation { id } } }', { id, title }),
        (data) => data.updateConversation.conversation.id,
      );
      if (outcome.isAcknowledged) {
        known.acknowledged = title;
        known.unanswered.clear();
      }
      return outcome;
    },
    saw(runId, event) {
      const events = seen.get(runId) ?? new Map<number, SeenEvent>();
      seen.set(runId, events);
      const before = events.get(event.seq);
      if (before !== undefined) expect(event, `event ${event.seq} of ${runId}, as two clients saw it`).toEqual(before);
      events.set(event.seq, event);
    },
    seenOf: (runId) => seen.get(runId)?.size ?? 0,
    async verify(client, readEvents) {
      for (let start = 0; start < sends.length; start += atOnce) {
        await Promise.all(sends.slice(start, start + atOnce).map(async (sent) => verifyRun(client, sent, await readEvents(sent.runId))));
      }
      for (const [id, { acknowledged, unanswered }] of titles) {
        const { conversation } = await client.request('query ($id: ID!) { conversation(id: $id) { title } }', { id });
        expect([acknowledged, ...unanswered], `title of ${id}`).toContain(conversation.title);
      }
    },
  };
}

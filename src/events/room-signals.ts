import { z } from 'zod';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { SqlTransaction } from './conversation-log.ts';
import { createRoomPresence } from './room-presence.ts';

/** What happens in a conversation and is never stored. */
export type RoomSignal =
  | { readonly type: 'TypingChanged'; readonly userId: string; readonly until: Date | null }
  | { readonly type: 'PresenceChanged'; readonly userId: string; readonly isPresent: boolean };

/** Somebody in a conversation. */
export interface SignalPlace {
  readonly conversationId: string;
  readonly userId: string;
}

/** Something that is open as long as somebody takes part in a conversation. */
export interface WatchedStream {
  isOver(): boolean;
  leave(): void;
}

/** Typing, presence and leaving, on all nodes: told by NOTIFY like wake-ups, and gone when nobody hears it. */
export interface RoomSignals {
  readonly channel: string;
  /**
   * Somebody has a conversation open, and hears what others do in it.
   *
   * @param isShared whether others take part, so that other nodes should know
   * @returns `share` says that others take part by now; `stop` that it is closed
   */
  follow(place: SignalPlace, isShared: boolean, hear: (signal: RoomSignal) => void): { share(): void; stop(): void };
  /** Who has a conversation open, as far as this node knows. */
  presentIn(conversationId: string): ReadonlySet<string>;
  /** Says on all nodes that somebody types until then; null for not any more. */
  tellTyping(place: SignalPlace, until: Date | null): Promise<void>;
  /** Says on all nodes that somebody takes no part any more, in the transaction that makes it so: what they have open ends. */
  tellLeft(transaction: SqlTransaction, place: SignalPlace): Promise<void>;
  /** Ends a stream soon after somebody takes no part any more. */
  watch(stream: WatchedStream, place: SignalPlace): void;
  /** Called with the payload of a notification on `channel`. */
  notified(payload: string): void;
  /** Notifications may have been lost: streams are checked, and other nodes are asked who is there. */
  wakeAll(): void;
  /** Begins to tell other nodes from time to time who is here, and to check the streams. */
  start(): void;
  /** Ends that, and tells the others who was here. After the streams have ended. */
  stop(): Promise<void>;
}

/** What it stands on; times in milliseconds. */
export interface RoomSignalsOptions {
  /** Runs one statement. */
  readonly query: (sql: string, values: readonly unknown[]) => Promise<readonly unknown[]>;
  /** This process. */
  readonly nodeId: string;
  readonly logger: Logger;
  /** How often streams are checked, should a notification be lost; 5 s by default. */
  readonly checkIntervalMs?: number;
  /** For how long somebody counts as there who has closed the last stream: a page that is loaded again; 1 s by default. */
  readonly graceMs?: number;
}

const channel = 'room_signals';
/** A beat tells who is here; what two of them do not tell of is gone. */
const checksPerBeat = 4;
/** PostgreSQL takes 8,000 bytes in a notification; a pair of ids has 80. */
const pairsPerBeat = 80;

const message = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('typing'), node: z.string(), conversationId: z.string(), userId: z.string(), until: z.coerce.date().nullable() }),
  z.object({ kind: z.literal('here'), node: z.string(), pairs: z.array(z.tuple([z.string(), z.string()])) }),
  z.object({ kind: z.literal('gone'), node: z.string(), pairs: z.array(z.tuple([z.string(), z.string()])) }),
  z.object({ kind: z.literal('left'), node: z.string(), conversationId: z.string(), userId: z.string() }),
  z.object({ kind: z.literal('who'), node: z.string() }),
]);

type Message = z.infer<typeof message>;

/** What a notification says; null for one of another version of the product, while servers are replaced one by one. */
function read(payload: string): Message | null {
  try {
    return message.safeParse(JSON.parse(payload)).data ?? null;
  } catch {
    return null;
  }
}

const stillInside = `
  SELECT o.place FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS o (conversation_id, user_id, place)
  JOIN participants a ON a.conversation_id = o.conversation_id AND a.user_id = o.user_id`;

/** New, with nobody there. */
export function createRoomSignals({ query, nodeId, logger, checkIntervalMs = 5_000, graceMs = 1_000 }: RoomSignalsOptions): RoomSignals {
  const hearers = new Map<string, Set<{ readonly userId: string; readonly hear: (signal: RoomSignal) => void }>>();
  const watched = new Set<{ readonly stream: WatchedStream; readonly place: SignalPlace }>();
  let timer: NodeJS.Timeout | null = null;
  let checks = 0;

  /** Everybody hears what others do; their own is no news to them. */
  const dispatch = (conversationId: string, signal: RoomSignal): void => {
    for (const { userId, hear } of hearers.get(conversationId) ?? []) if (userId !== signal.userId) hear(signal);
  };

  // What is lost here is made good by the next beat, or does not matter a moment later.
  const tell = async (told: Message): Promise<void> => {
    await query('SELECT pg_notify($1, $2)', [channel, JSON.stringify(told)]).catch((error: unknown) =>
      logger.debug({ reason: messageOf(error) }, 'other servers could not be told who is there'),
    );
  };

  const presence = createRoomPresence({
    graceMs,
    changed: ({ conversationId, userId }, isPresent) => dispatch(conversationId, { type: 'PresenceChanged', userId, isPresent }),
    arrived: ({ conversationId, userId }) => void tell({ kind: 'here', node: nodeId, pairs: [[conversationId, userId]] }),
    departed: ({ conversationId, userId }) => void tell({ kind: 'gone', node: nodeId, pairs: [[conversationId, userId]] }),
  });

  const tellOfAll = async (kind: 'here' | 'gone', pairs: readonly [string, string][]): Promise<void> => {
    for (let start = 0; start < pairs.length; start += pairsPerBeat) {
      await tell({ kind, node: nodeId, pairs: pairs.slice(start, start + pairsPerBeat) });
    }
  };
  const beat = (): Promise<void> => tellOfAll('here', presence.told());

  /** Ends the streams of whoever takes no part any more, by what the database says. */
  const check = async (): Promise<void> => {
    for (const entry of watched) if (entry.stream.isOver()) watched.delete(entry);
    const entries = [...watched];
    if (entries.length === 0) return;
    const rows = await query(stillInside, [entries.map(({ place }) => place.conversationId), entries.map(({ place }) => place.userId)]);
    const inside = new Set(
      z
        .array(z.object({ place: z.coerce.number() }))
        .parse(rows)
        .map(({ place }) => place),
    );
    for (const [index, { stream }] of entries.entries()) if (!inside.has(index + 1)) stream.leave();
  };

  const look = (): void => {
    void check().catch((error: unknown) => logger.warn({ err: error }, 'the streams of those who left could not be checked'));
  };

  return {
    channel,
    follow: (place, isShared, hear) => {
      const entry = { userId: place.userId, hear };
      const others = hearers.get(place.conversationId);
      if (others === undefined) hearers.set(place.conversationId, new Set([entry]));
      else others.add(entry);
      const here = presence.enter(place, isShared);
      return {
        share: here.share,
        stop: () => {
          const left = hearers.get(place.conversationId);
          left?.delete(entry);
          if (left?.size === 0) hearers.delete(place.conversationId);
          here.leave();
        },
      };
    },
    presentIn: presence.presentIn,
    tellTyping: async (place, until) => {
      dispatch(place.conversationId, { type: 'TypingChanged', userId: place.userId, until });
      await tell({ kind: 'typing', node: nodeId, ...place, until });
    },
    tellLeft: async (transaction, place) => {
      await transaction.$queryRawUnsafe('SELECT pg_notify($1, $2)::text AS told', channel, JSON.stringify({ kind: 'left', node: nodeId, ...place }));
    },
    watch: (stream, place) => void watched.add({ stream, place }),
    notified: (payload) => {
      const told = read(payload);
      if (told === null) return;
      if (told.kind === 'left') {
        for (const { stream, place } of watched) if (place.conversationId === told.conversationId && place.userId === told.userId) stream.leave();
        return;
      }
      // Everything else was dispatched here before it was told.
      if (told.node === nodeId) return;
      if (told.kind === 'typing') dispatch(told.conversationId, { type: 'TypingChanged', userId: told.userId, until: told.until });
      else if (told.kind === 'who') void beat();
      else {
        const hear = told.kind === 'here' ? presence.hereElsewhere : presence.goneAway;
        for (const [conversationId, userId] of told.pairs) hear(told.node, { conversationId, userId });
      }
    },
    wakeAll: () => {
      look();
      void tell({ kind: 'who', node: nodeId }).then(beat);
    },
    start: () => {
      void tell({ kind: 'who', node: nodeId });
      timer ??= setInterval(() => {
        look();
        checks += 1;
        if (checks % checksPerBeat !== 0) return;
        presence.forgetSilent();
        void beat();
      }, checkIntervalMs);
      timer.unref();
    },
    stop: async () => {
      if (timer !== null) clearInterval(timer);
      timer = null;
      presence.close();
      await tellOfAll('gone', presence.told());
    },
  };
}

import type { Clock } from '../base/clock.ts';
import { createListener, readerOf, type Reader } from '../base/takeable.ts';
import type { ConversationEvent } from './conversation-event.ts';
import type { RoomSignal } from './room-signals.ts';

/** How a reader hears signals. */
export interface Followed {
  /** Others take part by now. */
  share(): void;
  stop(): void;
}

/**
 * The events of a conversation with its signals between them. A signal has the number of the event before it, so whoever goes on from any number
 * misses no event. Of each kind only the newest signal of a person waits: a reader who rests holds up nothing.
 *
 * @param events the stored ones; when they end, so do the signals
 * @param options.after the number that the events begin behind
 * @param options.follow begins to hear signals; called at the first `take` or `next`
 */
export function withSignals(
  events: Reader<ConversationEvent>,
  options: {
    readonly conversationId: string;
    readonly after: number;
    readonly clock: Clock;
    readonly follow: (hear: (signal: RoomSignal) => void) => Followed;
  },
): Reader<ConversationEvent> {
  const { conversationId, clock, follow } = options;
  let position = options.after;
  let followed: Followed | null = null;
  let isOver = false;
  const waiting = new Map<string, RoomSignal>();
  const listener = createListener();

  const end = (): void => {
    isOver = true;
    waiting.clear();
    followed?.stop();
    followed = null;
  };
  const leave = (): void => {
    if (!isOver) end();
    events.leave();
    listener.tell();
  };
  const hear = (signal: RoomSignal): void => {
    const name = `${signal.type} ${signal.userId}`;
    // The newest stands last, and the place of the one before it is free.
    waiting.delete(name);
    waiting.set(name, signal);
    listener.tell();
  };

  const takeSignal = (): ConversationEvent | null => {
    for (const [name, data] of waiting) {
      waiting.delete(name);
      return { conversationId, seq: position, createdAt: clock.now(), data };
    }
    return null;
  };

  const takeEvent = (): ConversationEvent | null => {
    try {
      return events.take();
    } catch (error) {
      end();
      throw error;
    }
  };

  const take = (): ConversationEvent | null => {
    if (isOver) return null;
    followed ??= follow(hear);
    const event = takeEvent();
    if (event !== null) {
      position = event.seq;
      if (event.data.type === 'ParticipantJoined') followed.share();
      return event;
    }
    if (events.isOver()) end();
    return takeSignal();
  };

  const whenReady = (next: () => void): void => {
    listener.set(next);
    if (isOver || waiting.size > 0) listener.tell();
    else events.whenReady(listener.tell);
  };

  return readerOf({ take, isOver: () => isOver, whenReady, leave });
}

import { describe, expect, it } from 'vitest';
import { createLogger } from '../../src/base/logger.ts';
import { systemClock } from '../../src/base/clock.ts';
import type { ConversationEvent } from '../../src/events/conversation-event.ts';
import { createReader } from '../../src/events/reader.ts';
import { createRoomPresence } from '../../src/events/room-presence.ts';
import { createRoomSignals, type RoomSignal } from '../../src/events/room-signals.ts';
import { withSignals } from '../../src/events/signalled-reader.ts';
import { eventually } from '../kit/eventually.ts';

const logger = createLogger({ level: 'silent' });
const place = { conversationId: 'room', userId: 'bob' };

/** Nodes that hear one another; what the database is asked for it answers with those who are inside. */
function openNodes(count: number, inside: () => readonly number[] = () => [1]) {
  const told: string[] = [];
  const nodes = Array.from({ length: count }, (_, index) =>
    createRoomSignals({
      nodeId: `node-${index}`,
      logger,
      graceMs: 1,
      query: async (sql, values) => {
        if (!sql.includes('pg_notify')) return inside().map((found) => ({ place: found }));
        told.push(String(values[1]));
        for (const node of nodes) node.notified(String(values[1]));
        return [];
      },
    }),
  );
  return { nodes, told };
}

describe('signals between nodes', () => {
  it('tell of who comes, types and goes, each once, and not to oneself', async () => {
    const { nodes } = openNodes(2);
    const [one, other] = nodes;
    const heard: RoomSignal[] = [];
    const own: RoomSignal[] = [];
    one?.follow({ conversationId: 'room', userId: 'ada' }, true, (signal) => heard.push(signal));
    const phone = other?.follow(place, true, (signal) => own.push(signal));
    const laptop = other?.follow(place, true, () => {});
    await other?.tellTyping(place, new Date(1_000));
    expect([...(one?.presentIn('room') ?? [])].toSorted()).toEqual(['ada', 'bob']);
    phone?.stop();
    laptop?.stop();
    await eventually(() => expect(heard.at(-1)).toEqual({ type: 'PresenceChanged', userId: 'bob', isPresent: false }));
    expect(heard.map(({ type }) => type)).toEqual(['PresenceChanged', 'TypingChanged', 'PresenceChanged']);
    expect(own.filter(({ userId }) => userId === 'bob')).toEqual([]);
  });

  it('say nothing of a conversation of one person until others join', () => {
    const { nodes, told } = openNodes(1);
    const followed = nodes[0]?.follow(place, false, () => {});
    expect(told).toEqual([]);
    followed?.share();
    followed?.share();
    expect(told).toHaveLength(1);
  });

  it('tell of everybody who was there when a server stops', async () => {
    const { nodes } = openNodes(2);
    const [one, other] = nodes;
    for (let index = 0; index < 200; index += 1) other?.follow({ conversationId: 'room', userId: String(index) }, true, () => {});
    expect(one?.presentIn('room').size).toBe(200);
    await other?.stop();
    expect(one?.presentIn('room').size).toBe(0);
  });

  it('pass over what they do not understand', () => {
    const { nodes } = openNodes(1);
    for (const payload of ['', 'x', '{}', '{"kind":"later"}']) expect(() => nodes[0]?.notified(payload)).not.toThrow();
  });

  it('end the streams of whoever left when they are told, and when they look for themselves', async () => {
    const { nodes } = openNodes(1, () => [2]);
    const left: string[] = [];
    const open = (name: string) => ({ isOver: () => left.includes(name), leave: () => void left.push(name) });
    nodes[0]?.watch(open('told'), place);
    nodes[0]?.notified(JSON.stringify({ kind: 'left', node: 'node-9', ...place }));
    expect(left).toEqual(['told']);
    nodes[0]?.watch(open('outside'), place);
    nodes[0]?.watch(open('inside'), { conversationId: 'room', userId: 'ada' });
    nodes[0]?.wakeAll();
    await eventually(() => expect(left).toEqual(['told', 'outside']));
  });
});

describe('presence', () => {
  it('forgets those of a node that keeps silent for two beats', () => {
    const changes: boolean[] = [];
    const presence = createRoomPresence({ graceMs: 1, changed: (_place, isPresent) => changes.push(isPresent), arrived: () => {}, departed: () => {} });
    presence.hereElsewhere('node', place);
    presence.forgetSilent();
    presence.hereElsewhere('node', place);
    presence.forgetSilent();
    presence.forgetSilent();
    expect(changes).toEqual([true]);
    presence.forgetSilent();
    expect(changes).toEqual([true, false]);
    expect(presence.presentIn('room').size).toBe(0);
  });

  it('outlives a page that is loaded again', async () => {
    const changes: boolean[] = [];
    const presence = createRoomPresence({ graceMs: 20, changed: (_place, isPresent) => changes.push(isPresent), arrived: () => {}, departed: () => {} });
    presence.enter(place, true).leave();
    const again = presence.enter(place, true);
    again.leave();
    again.leave();
    await eventually(() => expect(changes).toEqual([true, false]));
  });
});

describe('the events of a conversation with its signals', () => {
  const event = (seq: number): ConversationEvent => ({
    conversationId: 'room',
    seq,
    createdAt: new Date(0),
    data: { type: 'MessageAdded', messageId: String(seq) },
  });

  it('keep the number of the event before a signal, the newest signal of each kind, and every event', async () => {
    const stored = [event(1), event(2)];
    let wake = (): void => {};
    let say: (signal: RoomSignal) => void = () => {};
    let isStopped = false;
    const events = createReader<ConversationEvent>(
      {
        fetch: async (after) => ({ entries: stored.filter(({ seq }) => seq > after), ended: false }),
        seqOf: ({ seq }) => seq,
        subscribe: (woken) => {
          wake = woken;
          return () => {};
        },
      },
      0,
    );
    const reader = withSignals(events, {
      conversationId: 'room',
      after: 0,
      clock: systemClock,
      follow: (hear) => {
        say = hear;
        return { share: () => {}, stop: () => void (isStopped = true) };
      },
    });
    const next = async () => (await reader.next()).value;
    expect((await next())?.seq).toBe(1);
    expect((await next())?.seq).toBe(2);
    const waiting = next();
    say({ type: 'TypingChanged', userId: 'bob', until: new Date(1) });
    expect(await waiting).toMatchObject({ seq: 2, data: { type: 'TypingChanged' } });
    say({ type: 'TypingChanged', userId: 'bob', until: new Date(2) });
    say({ type: 'TypingChanged', userId: 'bob', until: null });
    stored.push(event(3));
    wake();
    const rest = [await next(), await next()];
    expect(new Set(rest.map((found) => found?.data.type))).toEqual(new Set(['MessageAdded', 'TypingChanged']));
    expect(rest.find((found) => found?.data.type === 'TypingChanged')?.data).toMatchObject({ until: null });
    await reader.return?.();
    expect(isStopped).toBe(true);
    expect((await reader.next()).done).toBe(true);
    expect(reader.isOver()).toBe(true);
  });
});

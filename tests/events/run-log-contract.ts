import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RunEvent, RunEventData } from '../../src/events/run-event.ts';
import type { RunLog } from '../../src/events/run-log.ts';

/** What the contract needs to know of a body of the log. */
export interface RunLogFixture {
  readonly log: RunLog;
  /** A second node on the same store. */
  readonly otherNode: RunLog;
  /** A new run that is leased to the node of `log`. */
  createRun(): Promise<string>;
  /** Deletes the run with its events. */
  deleteRun(runId: string): Promise<void>;
  /** Takes the lease away, as the reaper of another node does, and ends the run with the event after the stored ones. */
  takeOver(runId: string): Promise<void>;
}

const end: RunEventData = { type: 'RunFinished', reason: 'STOP', dataUpdated: false };

async function readAll(log: RunLog, runId: string, after = 0): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of log.read(runId, after)) events.push(event);
  return events;
}

function textOf(events: readonly RunEvent[]): string {
  return events.map((event) => (event.data.type === 'TextDelta' ? event.data.text : '')).join('');
}

/** The tests that every body of the run log passes. */
export function describeRunLog(fixture: () => RunLogFixture): void {
  it('numbers events from the position on, without a gap', async () => {
    const { log, createRun } = fixture();
    const runId = await createRun();
    const writer = log.openWriter(runId, 0);
    writer.append({ type: 'StatusChanged', status: 'one' });
    writer.append({ type: 'StatusChanged', status: 'two' });
    writer.append(end);
    const events = await readAll(log, runId);
    expect(events.map(({ seq, data }) => [seq, data.type])).toEqual([
      [1, 'StatusChanged'],
      [2, 'StatusChanged'],
      [3, 'RunFinished'],
    ]);
    expect(writer.nextSeq()).toBe(4);
  });

  it('keeps any text to the byte, whatever it is made of', async () => {
    const { log, otherNode, createRun } = fixture();
    const texts = [
      '"',
      '\\',
      '\\"',
      '\n\r\t\u0001',
      '{a,b}',
      "'",
      '\u2028',
      'Å😀',
      'NULL',
      '\\u0041',
      ...fc.sample(fc.string({ unit: 'binary', minLength: 1 }), 200),
    ].map((text) => text.replaceAll('\u0000', ''));
    const runId = await createRun();
    const writer = log.openWriter(runId, 0);
    for (const status of texts) writer.append({ type: 'StatusChanged', status });
    await writer.flushed();
    const stored = [...(await otherNode.list(runId, 0, 200)), ...(await otherNode.list(runId, 200, 200))];
    expect(stored.map(({ data }) => (data.type === 'StatusChanged' ? data.status : null))).toEqual(texts);
  });

  it('R01 stores an event before any reader sees it', async () => {
    const { log, otherNode, createRun } = fixture();
    const runId = await createRun();
    const writer = log.openWriter(runId, 0);
    const reader = log.read(runId, 0);
    for (let index = 1; index <= 20; index += 1) {
      writer.appendText(0, `${index} `);
      const { value } = await reader.next();
      const stored = await otherNode.list(runId, (value?.seq ?? 0) - 1, 1);
      expect(stored[0]).toEqual(value);
    }
    await reader.return?.();
  });

  it('joins text that arrives between two commits, and loses none of it', async () => {
    const { log, createRun } = fixture();
    const runId = await createRun();
    const writer = log.openWriter(runId, 0);
    const pieces = Array.from({ length: 500 }, (_, index) => `word${index} `);
    for (const piece of pieces) writer.appendText(0, piece);
    writer.append(end);
    const events = await readAll(log, runId);
    expect(textOf(events)).toBe(pieces.join(''));
    expect(events.length).toBeLessThan(50);
  });

  it('keeps text of different parts and the events between them apart and in order', async () => {
    const { log, createRun } = fixture();
    const runId = await createRun();
    const writer = log.openWriter(runId, 0);
    writer.appendText(0, 'a');
    writer.append({ type: 'StatusChanged', status: 's' });
    writer.appendText(0, 'b');
    writer.appendText(2, 'c');
    writer.append(end);
    const events = await readAll(log, runId);
    expect(events.map(({ data }) => (data.type === 'TextDelta' ? `${data.position}${data.text}` : data.type))).toEqual([
      '0a',
      'StatusChanged',
      '0b',
      '2c',
      'RunFinished',
    ]);
  });

  it('R02 continues behind any position, on this node and on another', async () => {
    const { log, otherNode, createRun } = fixture();
    const runId = await createRun();
    const writer = log.openWriter(runId, 0);
    for (let index = 1; index <= 30; index += 1) writer.append({ type: 'StatusChanged', status: String(index) });
    writer.append(end);
    await writer.flushed();
    for (const after of [0, 1, 15, 29, 30]) {
      for (const node of [log, otherNode]) {
        expect((await readAll(node, runId, after)).map((event) => event.seq)).toEqual(Array.from({ length: 31 - after }, (_, index) => after + index + 1));
      }
    }
  });

  it('R08 wakes a reader on another node', async () => {
    const { log, otherNode, createRun } = fixture();
    const runId = await createRun();
    const writer = log.openWriter(runId, 0);
    const reader = otherNode.read(runId, 0);
    // Now and then a look finds the event before the wake-up comes, but not every time.
    for (let index = 1; index <= 10; index += 1) {
      const next = reader.next();
      writer.append({ type: 'StatusChanged', status: String(index) });
      expect((await next).value?.data).toEqual({ type: 'StatusChanged', status: String(index) });
    }
    await reader.return?.();
  });

  it('R09 lets a reader that is far behind catch up from the store, without holding up the writer', async () => {
    const { log, createRun } = fixture();
    const runId = await createRun();
    const writer = log.openWriter(runId, 0);
    const slow = log.read(runId, 0);
    writer.append({ type: 'StatusChanged', status: '1' });
    expect((await slow.next()).value?.seq).toBe(1);
    for (let index = 2; index <= 1_000; index += 1) {
      writer.append({ type: 'StatusChanged', status: String(index) });
      if (index % 100 === 0) await writer.flushed();
    }
    writer.append(end);
    await writer.flushed();
    const rest: number[] = [];
    for await (const event of slow) rest.push(event.seq);
    expect(rest).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 2));
  });

  it('R01 refuses the frames of a run that was taken over, and tells its writer', async () => {
    const { log, createRun, takeOver } = fixture();
    const [lostRun, keptRun] = [await createRun(), await createRun()];
    const [lost, kept] = [log.openWriter(lostRun, 0), log.openWriter(keptRun, 0)];
    lost.appendText(0, 'before');
    await lost.flushed();
    const watching = readAll(log, lostRun);
    await takeOver(lostRun);
    lost.appendText(0, ' after');
    // The first of these finds its number taken by the end of the run, the second one does not.
    lost.append({ type: 'StatusChanged', status: 'later still' });
    kept.append({ type: 'StatusChanged', status: 'mine' });
    await expect(lost.flushed()).rejects.toThrow('taken over');
    expect(lost.lost.aborted).toBe(true);
    await kept.flushed();
    const events = await watching;
    expect(textOf(events)).toBe('before');
    expect(events.at(-1)?.data.type).toBe('RunFinished');
    expect(await log.list(lostRun, 0, 10)).toEqual(events);
  });

  it('ends the readers of a run that is deleted', async () => {
    const { log, createRun, deleteRun } = fixture();
    const runId = await createRun();
    const writer = log.openWriter(runId, 0);
    writer.appendText(0, 'before');
    const reader = log.read(runId, 0);
    expect((await reader.next()).value?.data).toMatchObject({ text: 'before' });
    const next = reader.next();
    await deleteRun(runId);
    writer.close();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  it('stores what is pending when it closes', async () => {
    const { log, otherNode, createRun } = fixture();
    const runId = await createRun();
    const writer = log.openWriter(runId, 0);
    writer.appendText(0, 'last words');
    await log.close();
    expect(textOf(await otherNode.list(runId, 0, 10))).toBe('last words');
  });
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createSession } from '../access/world.ts';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { createScriptedEngine, type ScriptedEngine } from '../kit/scripted-engine.ts';

/** The processor time that each DuckDB child of this process has used, in ticks, by its id. */
function ticksOfChildren(): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [, parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(parent) !== process.pid || !readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('duckdb/child')) continue;
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      found.set(Number(name), Number(fields[11]) + Number(fields[12]));
    } catch {
      // It ended while it was looked at.
    }
  }
  return found;
}

/** How many ticks the busiest child uses within half a second: next to none for one that rests, even on a machine that has much to do. */
async function busiestTicks(): Promise<number> {
  const before = ticksOfChildren();
  await sleep(500);
  return Math.max(0, ...[...ticksOfChildren()].map(([id, ticks]) => ticks - (before.get(id) ?? ticks)));
}

/** Waits for a child that computes, and goes on to: one that starts is busy for a moment as well. */
async function someChildComputes(): Promise<void> {
  await vi.waitFor(
    async () => {
      for (let sample = 0; sample < 3; sample += 1) expect(await busiestTicks()).toBeGreaterThan(4);
    },
    { timeout: 20_000 },
  );
}

const endless = 'SELECT sum(a.range * b.range % 1000003) AS n FROM range(10000000) AS a, range(10000000) AS b';

describe.skipIf(!existsSync('/proc/self/stat'))('R03 stopping a run stops its SQL', () => {
  let app: TestApp;
  let engine: ScriptedEngine;
  const answers = (): number => engine.requests.filter(({ task }) => task !== 'TITLE').length;
  let ada: TestPerson;
  let conversationId: string;

  beforeAll(async () => {
    engine = createScriptedEngine();
    app = await startTestApp({ overrides: { engines: [engine] } });
    ada = await app.person();
    conversationId = (await createSession(app, ada)).conversation.id;
  });
  afterAll(() => app[Symbol.asyncDispose]());

  it.each([
    ['run_sql', { sql: endless }],
    ['create_table', { name: 'never', sql: endless }],
    ['create_plot', { title: 'Never', sql: endless, spec: { mark: 'bar', encoding: {} } }],
  ])('that %s has started', async (tool, input) => {
    const sent = await ada.client.request('mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id } } }', {
      input: { conversationId, text: 'Count for ever' },
    });
    const call = await engine.nextCall();
    call.toolCall('1', tool, input);
    call.finish('TOOL_CALLS');
    // The title is asked for beside the answer, and may be asked for late.
    const calls = answers();
    await someChildComputes();
    expect(answers()).toBe(calls);
    const stopped = await ada.client.request('mutation ($id: ID!) { stopRun(input: { runId: $id }) { run { status finishReason } } }', {
      id: sent.sendMessage.run.id,
    });
    expect(stopped.stopRun.run).toEqual({ status: 'STOPPED', finishReason: 'STOPPED' });
    // Left alone it would run until the limit on queries, which is far beyond this.
    await vi.waitFor(async () => expect(await busiestTicks()).toBeLessThan(2), { timeout: 5_000 });
  });
});

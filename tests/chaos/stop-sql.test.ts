import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createSession } from '../access/world.ts';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { commandOf } from '../kit/child-processes.ts';
import { eventually } from '../kit/eventually.ts';
import { patienceMs } from '../kit/patience.ts';
import { createScriptedEngine, type ScriptedEngine } from '../kit/scripted-engine.ts';

/** The DuckDB children of this process that have worked for long: they have the lowest priority, and get nothing else to do. (proc(5), stat.) */
function childrenAtWork(): readonly string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const [parent, niceness] = [Number(fields[1]), Number(fields[16])];
      return parent === process.pid && niceness === 19 && commandOf(Number(name)).includes('duckdb/child');
    } catch {
      // It is no process, or it ended while it was looked at.
      return false;
    }
  });
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
    app = await startTestApp({ overrides: { engines: [engine] }, environment: { SQL_TIMEOUT_MS: '120000', RUN_TOOL_TIMEOUT_MS: '120000' } });
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
    await eventually(() => expect(childrenAtWork()).not.toEqual([]));
    expect(answers()).toBe(calls);
    const stopped = await ada.client.request('mutation ($id: ID!) { stopRun(input: { runId: $id }) { run { status finishReason } } }', {
      id: sent.sendMessage.run.id,
    });
    expect(stopped.stopRun.run).toEqual({ status: 'STOPPED', finishReason: 'STOPPED' });
    // Left alone it would run until the limit on queries, which is far beyond this.
    await vi.waitFor(() => expect(childrenAtWork()).toEqual([]), { timeout: 5_000 + patienceMs });
  });
});

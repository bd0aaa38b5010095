import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { parseConfig } from '../../src/base/config.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { createLogger } from '../../src/base/logger.ts';
import { createTraces } from '../../src/services/trace/traces.ts';
import { createDatabase } from '../../src/stores/database.ts';
import { createStatements } from '../../src/stores/statements.ts';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { runSql } from '../kit/database.ts';
import { createOtlpCollector, type OtlpCollector } from '../kit/otlp-collector.ts';
import { patientDatabase } from '../kit/patience.ts';
import { createScriptedEngine, type ScriptedEngine } from '../kit/scripted-engine.ts';
import { rowId } from '../kit/ids.ts';

let collector: OtlpCollector;
let engine: ScriptedEngine;
let app: TestApp;
beforeAll(async () => {
  collector = await createOtlpCollector();
  engine = createScriptedEngine();
  app = await startTestApp({
    overrides: { engines: [engine] },
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_HEADERS: 'x-team=plans%20and%20more', TRACE_MAX_CONTENT_BYTES: '1500' },
  });
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await collector.close();
});

const runTrace = `query ($id: ID!) { runTrace(runId: $id) {
  kind purpose name durationMs firstTokenMs inputTokens outputTokens finishReason errorCode errorMessage input output isTruncated
} }`;

/** Asks about a goal, so that there are tools. */
async function ask(person: TestPerson, text: string): Promise<string> {
  const { createGoal } = await person.client.request('mutation { createGoal(input: { title: "Italian" }) { goal { id } } }');
  const conversation = await person.client.request('mutation ($id: ID!) { createConversation(input: { contextId: $id }) { conversation { id } } }', {
    id: createGoal.goal.id,
  });
  const { sendMessage } = await person.client.request('mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id } } }', {
    input: { conversationId: conversation.createConversation.conversation.id, text },
  });
  return sendMessage.run.id;
}

async function ended(person: TestPerson, id: string): Promise<void> {
  await expect
    .poll(async () => (await person.client.request('query ($id: ID!) { run(id: $id) { status } }', { id })).run.status)
    .toMatch(/COMPLETED|FAILED|STOPPED/);
}

describe('the trace of a run', () => {
  it('tells its owner of each step, and a collector by the conventions for generative AI, without what was said', async () => {
    const person = await app.person();
    const id = await ask(person, 'What is my goal?');
    const first = await engine.nextCall();
    first.toolCall('call-1', 'list_goals', {});
    first.toolCall('call-2', 'list_items', '{ broken');
    first.usage(100, 20, { cachedInputTokens: 30 });
    first.finish('TOOL_CALLS');
    const second = await engine.nextCall();
    second.reasoning('Let me see.');
    second.text('Italian');
    second.usage(150, 5, { reasoningTokens: 2 });
    second.finish();
    await ended(person, id);
    const { runTrace: spans } = await person.client.request(runTrace, { id });
    const answers = spans.filter((span: any) => span.purpose !== 'TITLE');
    expect(answers.map(({ kind, name }: any) => `${kind} ${name}`)).toEqual([
      'MODEL_CALL scripted:one',
      'TOOL_CALL list_goals',
      'TOOL_CALL list_items',
      'MODEL_CALL scripted:one',
    ]);
    const [called, goals, broken, answered] = answers;
    expect(called).toMatchObject({ purpose: 'ANSWER', inputTokens: 100, outputTokens: 20, finishReason: 'TOOL_CALLS', errorCode: null, isTruncated: true });
    expect(called.input.tools).toContain('list_goals');
    expect(called.input.messages).toEqual([{ role: 'user', text: 'What is my goal?' }]);
    expect(called.input.system).toMatch(/^You help a person to plan[^]*… \(\d+ more\)$/);
    expect(called.output.toolCalls).toContainEqual({ id: 'call-1', name: 'list_goals', arguments: '{}' });
    expect(goals.output.content).toContain('Italian');
    expect(broken).toMatchObject({ errorCode: 'TOOL_ERROR', input: { arguments: '{ broken' }, inputTokens: null });
    expect(answered.output).toMatchObject({ text: 'Italian', reasoning: 'Let me see.' });
    expect(answered.firstTokenMs).toBeGreaterThanOrEqual(0);
    expect(answered.durationMs).toBeGreaterThanOrEqual(answered.firstTokenMs);

    const sent = await collector.spans.take(6);
    const run = sent.find(({ name }) => name === 'invoke_agent colloquy');
    expect(run?.attributes).toMatchObject({ 'gen_ai.operation.name': 'invoke_agent', 'colloquy.run.id': rowId(id), 'colloquy.run.finish_reason': 'STOP' });
    expect(run?.resource).toMatchObject({ 'service.name': 'colloquy' });
    expect(run?.headers['x-team']).toBe('plans and more');
    for (const span of sent) expect([span.traceId, span === run ? '' : span.parentSpanId]).toEqual([run?.traceId, span === run ? '' : run?.spanId]);
    expect(sent.find(({ attributes }) => attributes['gen_ai.usage.input_tokens'] === 100)).toMatchObject({
      name: 'chat one',
      kind: 3,
      status: { code: 0 },
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'scripted',
        'gen_ai.request.model': 'one',
        'gen_ai.usage.output_tokens': 20,
        'gen_ai.usage.cache_read.input_tokens': 30,
        'gen_ai.response.finish_reasons': ['tool_calls'],
      },
    });
    expect(sent.find(({ name }) => name === 'execute_tool list_items')).toMatchObject({
      kind: 1,
      status: { code: 2 },
      attributes: { 'error.type': 'TOOL_ERROR' },
    });
    expect(JSON.stringify(sent)).not.toContain('Italian');
  });

  it('tells why a model failed, and of a step that was stopped', async () => {
    const person = await app.person();
    const failing = await ask(person, 'Fail');
    (await engine.nextCall()).fail({ code: 'ENGINE_OVERLOADED', message: 'Too much to do.' });
    await ended(person, failing);
    const { runTrace: spans } = await person.client.request(runTrace, { id: failing });
    expect(spans.find((span: any) => span.purpose === 'ANSWER')).toMatchObject({
      errorCode: 'ENGINE_OVERLOADED',
      errorMessage: 'Too much to do.',
      finishReason: null,
    });

    const stopped = await ask(person, 'Stop');
    (await engine.nextCall()).text('Well');
    const events = `SELECT FROM run_events WHERE run_id = '${rowId(stopped)}' AND data::text LIKE '%Well%'`;
    await expect.poll(async () => (await runSql(app.connectionString, events)).length).toBe(1);
    await person.client.request('mutation ($id: ID!) { stopRun(input: { runId: $id }) { run { id } } }', { id: stopped });
    const { runTrace: steps } = await person.client.request(runTrace, { id: stopped });
    expect(steps.find((span: any) => span.purpose === 'ANSWER')).toMatchObject({ errorCode: 'STOPPED', output: { text: 'Well' } });
  });

  it('is kept as long as the operator wants, and goes with its run', async () => {
    const person = await app.person();
    const id = await ask(person, 'Short');
    const call = await engine.nextCall();
    call.text('a\u0000b');
    call.finish();
    await ended(person, id);
    const { runTrace: spans } = await person.client.request(runTrace, { id });
    expect(spans.find((span: any) => span.purpose === 'ANSWER').output.text).toBe('a\ufffdb');
    const logger = createLogger({ level: 'silent' });
    await using disposal = new AsyncDisposableStack();
    const { pool, close } = createDatabase({
      connectionString: app.connectionString,
      poolSize: 1,
      ...patientDatabase,
      logger,
    });
    disposal.defer(close);
    const statements = createStatements({ pool });
    const traces = createTraces({ statements, clock: systemClock, newId: uuidv7, logger, config: parseConfig({}).traces, spanExport: null });
    await runSql(app.connectionString, `UPDATE run_spans SET started_at = started_at - interval '29 days' WHERE run_id = '${rowId(id)}'`);
    expect(await traces.removeOld()).toBe(0);
    await runSql(app.connectionString, `UPDATE run_spans SET started_at = started_at - interval '2 days' WHERE run_id = '${rowId(id)}'`);
    expect(await traces.removeOld()).toBe(spans.length);
    expect((await person.client.request(runTrace, { id })).runTrace).toEqual([]);
  });
});

import { executeSubscriptionEvent, GraphQLError, parse, validate, validateSubscriptionArgs } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { ConversationEvent } from '../../src/events/conversation-event.ts';
import type { RunEvent, RunEventData } from '../../src/events/run-event.ts';
import { createSchema } from '../../src/schema/schema.ts';
import { compileEventSelection } from '../../src/server/event-selection.ts';

const schema = createSchema();
const id = '01890000-0000-7000-8000-000000000001';
const text = 'Å "quoted" \\ back\nslash \u2028 😀 \u0001 </script>';

const facts: readonly RunEventData[] = [
  { type: 'RunStarted', messageId: id, model: 'steady:one' },
  { type: 'TextDelta', position: 0, text },
  { type: 'ReasoningDelta', text: '' },
  { type: 'ToolCallStarted', toolCallId: 'call "1"', name: 'run_sql' },
  { type: 'StatusChanged', status: 'reading' },
  { type: 'QueryResultReady', partId: id },
  { type: 'PlotReady', partId: id },
  { type: 'TitleChanged', title: text },
  { type: 'UsageReported', inputTokens: 12, cachedInputTokens: 4, outputTokens: 0, reasoningTokens: 0, costMicros: 17, isEstimated: true },
  { type: 'RunFinished', reason: 'STOP', dataUpdated: true },
  { type: 'RunFailed', code: 'INTERRUPTED', message: text, retryable: true, retryAfterMs: null },
  { type: 'RunFailed', code: 'RATE_LIMITED', message: '', retryable: false, retryAfterMs: 1_500 },
];
const runEvents = facts.map((data, index): RunEvent => ({ runId: id, seq: index + 1, createdAt: new Date(1_700_000_000_000 + index), data }));
const conversationEvents: readonly ConversationEvent[] = (
  [
    { type: 'MessageAdded', messageId: id },
    { type: 'RunChanged', runId: id, status: 'STOPPED' },
    { type: 'ConversationTitleChanged', title: null },
    { type: 'ConversationTitleChanged', title: text },
    { type: 'ConversationDeleted' },
  ] as const
).map((data, index) => ({ conversationId: id, seq: index + 1, createdAt: new Date(index), data }));

const follow = (selection: string, head = '($id: ID!, $yes: Boolean = true, $no: Boolean = false)'): string =>
  `subscription Follow${head} { runEvents(runId: $id) ${selection} }`;
const everyLeaf = `{ __typename seq runId createdAt
  ... on RunStarted { model } ... on TextDelta { text position } ... on ReasoningDelta { text } ... on ToolCallStarted { toolCallId name }
  ... on StatusChanged { status } ... on TitleChanged { title } ... on UsageReported { inputTokens cachedInputTokens outputTokens reasoningTokens costMicros isEstimated }
  ... on RunFinished { reason dataUpdated } ... on RunFailed { code message retryable retryAfterMs } }`;
const used = '... on TextDelta @include(if: $yes) { text } ... on RunFailed @skip(if: $no) { code }';

/** Documents whose events are all compiled. */
const plainDocuments: readonly string[] = [
  follow('{ seq }', '($id: ID!)'),
  follow(everyLeaf, '($id: ID!)'),
  follow('{ a: seq b: seq seq kind: __typename __typename ... on TextDelta { body: text text seq c: seq } }', '($id: ID!)'),
  'subscription ($id: ID!) { stream: runEvents(runId: $id) { seq } }',
  'fragment Base on RunEvent { seq ...Delta } fragment Delta on TextDelta { text ...Place } fragment Place on TextDelta { position seq } subscription ($id: ID!) { runEvents(runId: $id) { ...Base ...Delta __typename } }',
  'subscription ($id: ID!) { ...Root } fragment Root on Subscription { runEvents(runId: $id) { seq ... { createdAt } ... on RunEvent { runId } } }',
  'subscription ($id: ID!) { runEvents(runId: $id) { seq } runEvents(runId: $id) { __typename seq } }',
  follow(`{ seq @skip(if: $no) createdAt @include(if: $no) __typename @include(if: $yes) ${used} }`),
  follow(`{ seq @include(if: $yes) @skip(if: $yes) runId ${used} }`),
  `${follow('{ seq ... @skip(if: $yes) { runId } ...Never @include(if: $no) ...Never }')} fragment Never on RunEvent { createdAt @skip(if: $no) }`,
  'query Other { viewer { id } } subscription Follow($id: ID!) { runEvents(runId: $id) { seq } }',
];

function validated(source: string, variables: Readonly<Record<string, unknown>> = {}) {
  const document = parse(source);
  expect(validate(schema, document)).toEqual([]);
  const args = validateSubscriptionArgs({
    schema,
    document,
    operationName: source.includes('Follow') ? 'Follow' : null,
    variableValues: { id: source.includes('conversationEvents') ? 'Q29udmVyc2F0aW9uOjE=' : 'UnVuOjE=', ...variables },
  });
  if (!('schema' in args)) throw new GraphQLError(JSON.stringify(args));
  return args;
}

describe('a compiled selection', () => {
  it.each(plainDocuments)('writes every event as an execution does, to the byte: %s', async (source) => {
    for (const variables of [{}, { yes: false, no: true }]) {
      const args = validated(source, source.includes('$yes') ? variables : {});
      const selection = compileEventSelection(args);
      for (const event of runEvents) {
        const executed = JSON.stringify(await executeSubscriptionEvent({ ...args, rootValue: event }));
        expect(selection?.write(event)).toBe(executed);
      }
    }
  });

  it('writes the events of conversations as well', async () => {
    const source = `subscription ($id: ID!) { conversationEvents(conversationId: $id) { __typename seq createdAt conversationId
      ... on RunChanged { status } ... on ConversationTitleChanged { title } ... on ConversationDeleted { deletedConversationId } } }`;
    const args = validated(source);
    const selection = compileEventSelection(args);
    for (const event of conversationEvents) {
      expect(selection?.write(event)).toBe(JSON.stringify(await executeSubscriptionEvent({ ...args, rootValue: event })));
    }
  });

  it('leaves to an execution what loads something, and only that', () => {
    const selection = compileEventSelection(
      validated(follow('{ seq ... on RunStarted { message { id } } ... on RunFinished { run { status } } ... on PlotReady { part { title } } }', '($id: ID!)')),
    );
    const executed = runEvents.filter((event) => selection?.write(event) === null).map((event) => event.data.type);
    expect(executed).toEqual(['RunStarted', 'PlotReady', 'RunFinished']);
  });

  it('leaves to an execution an event that is not what the schema says, so that the error is the right one', () => {
    const selection = compileEventSelection(validated(follow('{ seq ... on TextDelta { text } ... on RunFailed { code } }', '($id: ID!)')));
    const [broken] = runEvents.filter((event) => event.data.type === 'RunFailed');
    const of = (data: object): unknown => ({ ...broken, data });
    expect(selection?.write(of({ type: 'TextDelta', text: null }))).toBeNull();
    expect(selection?.write(of({ type: 'RunFailed', code: 'NO_SUCH_CODE' }))).toBeNull();
    expect(selection?.write(of({ type: 'NoSuchType' }))).toBeNull();
    expect(selection?.write({ ...broken, seq: 'x' })).toBeNull();
    expect(selection?.write(broken)).toContain('"code":"INTERRUPTED"');
  });

  it('says when variables decided what is in it', () => {
    expect(compileEventSelection(validated(follow('{ seq }', '($id: ID!)')))?.isConditional).toBe(false);
    expect(compileEventSelection(validated(follow(`{ seq ${used} }`)))?.isConditional).toBe(true);
  });
});

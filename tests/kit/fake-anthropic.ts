import { startFakeProvider, type FakeDialect, type FakeProvider, type FakeProviderRequest } from './fake-provider.ts';

interface Block {
  readonly type: string;
  readonly text?: string;
}

interface Body {
  readonly model: string;
  readonly system?: string | readonly Block[];
  readonly messages: readonly { readonly role: string; readonly content: string | readonly Block[] }[];
  readonly tools?: readonly unknown[];
}

const wordsOf = (content: string | readonly Block[] = ''): string => (typeof content === 'string' ? content : content.map(({ text = '' }) => text).join(''));

const event = (type: string, data: object = {}): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
const block = (index: number, type: string, delta: object): string => event('content_block_delta', { index, delta: { type, ...delta } });

/** Thoughts stand in the first block and text in the last. */
const textIndex = ({ pace }: FakeProviderRequest): number => (pace.thoughts > 0 ? 1 : 0);

/** Opens a block with its first words, and closes the one before. */
function opening(index: number, isFirst: boolean, content: object): string {
  if (!isFirst) return '';
  const closed = index === 0 ? '' : event('content_block_stop', { index: index - 1 });
  return closed + event('content_block_start', { index, content_block: content });
}

/** What was read is told when it begins; the part from the cache is not in `input_tokens`. */
function usageOf(request: FakeProviderRequest): object {
  const { inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = request.bill();
  return {
    input_tokens: inputTokens - cachedInputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cachedInputTokens,
    output_tokens: outputTokens,
    output_tokens_details: { thinking_tokens: reasoningTokens },
  };
}

const dialect: FakeDialect = {
  contentType: 'text/event-stream',
  models: {
    data: [{ type: 'model', id: 'fake-model', display_name: 'Fake', created_at: '2026-01-01T00:00:00Z' }],
    has_more: false,
    first_id: null,
    last_id: null,
  },
  read: (path, text) => {
    if (path.split('?')[0] !== '/v1/messages') return null;
    const body: Body = JSON.parse(text);
    const last = body.messages.findLast(({ role }) => role === 'user');
    return { model: body.model, system: wordsOf(body.system), text: wordsOf(last?.content), hasTools: (body.tools ?? []).length > 0 };
  },
  begin: (request) =>
    event('message_start', {
      message: { id: 'msg_fake', type: 'message', role: 'assistant', model: request.model, content: [], stop_reason: null, usage: usageOf(request) },
    }),
  thought: (request, words) =>
    opening(0, request.sent === 1, { type: 'thinking', thinking: '', signature: '' }) + block(0, 'thinking_delta', { thinking: words }),
  token: (request, words) =>
    opening(textIndex(request), request.sent === request.pace.thoughts + 1, { type: 'text', text: '' }) +
    block(textIndex(request), 'text_delta', { text: words }),
  end: (request) =>
    event('content_block_stop', { index: textIndex(request) }) +
    event('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: usageOf(request) }) +
    event('message_stop'),
};

/** Starts a server that speaks the messages API of Anthropic; for `ANTHROPIC_BASE_URL`. */
export function startFakeAnthropic(): Promise<FakeProvider> {
  return startFakeProvider(dialect);
}

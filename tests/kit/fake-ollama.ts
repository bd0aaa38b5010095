import { startFakeProvider, type FakeDialect, type FakeProvider, type FakeProviderRequest } from './fake-provider.ts';

interface Body {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly tools?: readonly unknown[];
}

const line = ({ model }: FakeProviderRequest, message: object, more: object = { done: false }): string =>
  `${JSON.stringify({ model, created_at: '2026-01-01T00:00:00Z', message: { role: 'assistant', content: '', ...message }, ...more })}\n`;

const dialect: FakeDialect = {
  contentType: 'application/x-ndjson',
  models: { models: [{ name: 'fake-model', size: 1 }] },
  read: (path, text) => {
    if (path !== '/api/chat') return null;
    const { model, messages, tools = [] }: Body = JSON.parse(text);
    const said = (role: string): string => messages.findLast((message) => message.role === role)?.content ?? '';
    return { model, system: said('system'), text: said('user'), hasTools: tools.length > 0 };
  },
  begin: () => '',
  thought: (request, thinking) => line(request, { thinking }),
  token: (request, content) => line(request, { content }),
  end: (request) => {
    const { inputTokens, outputTokens } = request.bill();
    return line(request, {}, { done: true, done_reason: 'stop', prompt_eval_count: inputTokens, eval_count: outputTokens });
  },
};

/** Starts a server that speaks the API of Ollama; for `OLLAMA_BASE_URL`. */
export function startFakeOllama(): Promise<FakeProvider> {
  return startFakeProvider(dialect);
}

import { startFakeProvider, type FakeDialect, type FakeProvider, type FakeProviderRequest } from './fake-provider.ts';

interface Content {
  readonly role?: string;
  readonly parts?: readonly { readonly text?: string }[];
}

interface Body {
  readonly contents: readonly Content[];
  readonly systemInstruction?: Content;
  readonly tools?: readonly unknown[];
}

const wordsOf = (content: Content | undefined): string => (content?.parts ?? []).map(({ text = '' }) => text).join('');

/** Each chunk tells what was read; only the last tells what was written. */
function chunk(request: FakeProviderRequest, parts: readonly object[], isLast = false): string {
  const { inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = request.bill();
  const written = isLast ? { candidatesTokenCount: outputTokens - reasoningTokens, thoughtsTokenCount: reasoningTokens } : {};
  const data = {
    candidates: [{ content: { parts, role: 'model' }, index: 0, ...(isLast ? { finishReason: 'STOP' } : {}) }],
    usageMetadata: { promptTokenCount: inputTokens, cachedContentTokenCount: cachedInputTokens, ...written },
    modelVersion: request.model,
  };
  return `data: ${JSON.stringify(data)}\r\n\r\n`;
}

const dialect: FakeDialect = {
  contentType: 'text/event-stream',
  models: { models: [{ name: 'models/gemini-fake', displayName: 'Fake', inputTokenLimit: 1_000, supportedGenerationMethods: ['generateContent'] }] },
  read: (path, text) => {
    const model = /^\/v1beta\/models\/([^/:]+):streamGenerateContent\?alt=sse$/.exec(path)?.[1];
    if (model === undefined) return null;
    const body: Body = JSON.parse(text);
    const last = body.contents.findLast(({ role }) => role === 'user');
    return { model, system: wordsOf(body.systemInstruction), text: wordsOf(last), hasTools: (body.tools ?? []).length > 0 };
  },
  begin: () => '',
  thought: (request, words) => chunk(request, [{ text: words, thought: true }]),
  token: (request, words) => chunk(request, [{ text: words }]),
  end: (request) => chunk(request, [{ text: '' }], true),
};

/** Starts a server that speaks the API of Gemini; for `GEMINI_BASE_URL`. */
export function startFakeGemini(): Promise<FakeProvider> {
  return startFakeProvider(dialect);
}

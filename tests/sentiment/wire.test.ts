import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { startTestApp } from '../kit/app.ts';
import { eventually } from '../kit/eventually.ts';
import { startFakeOpenAi } from '../kit/fake-openai.ts';
import { subscribeSse } from '../kit/sse-client.ts';

const ask = `mutation ($input: AskInput!) { ask(input: $input) {
  answer { text }
  run { status question { sentiment { method model score magnitude label emotion } } conversation { mood { count label } } }
} }`;

describe('sentiment over the wire', () => {
  it('comes with the answer of a model, in one request', async () => {
    const answer = { answer: 'Sorry about that.\n\n“Really” 😀', sentiment: { score: -0.6, magnitude: 0.8, label: 'NEGATIVE', emotion: 'FRUSTRATION' } };
    const openai = await startFakeOpenAi({ answer: () => ({ text: JSON.stringify(answer) }) });
    await using disposal = new AsyncDisposableStack();
    disposal.defer(() => openai.close());
    await using app = await startTestApp({
      environment: { OPENAI_API_KEY: 'key', OPENAI_BASE_URL: openai.baseUrl, DEFAULT_MODEL: 'openai:fake-model', SENTIMENT_METHOD: 'STRUCTURED' },
    });
    const { client } = await app.person();
    const result = await client.request(ask, { input: { text: 'You broke it again.' } });
    expect(result.ask).toEqual({
      answer: { text: answer.answer },
      run: {
        status: 'COMPLETED',
        question: { sentiment: { method: 'STRUCTURED', model: 'openai:fake-model', ...answer.sentiment } },
        conversation: { mood: { count: 1, label: 'NEGATIVE' } },
      },
    });
    expect(openai.requests.filter(({ isTitle }) => !isTitle)).toHaveLength(1);
  });

  it('comes from Google where that is configured', async () => {
    const google = createServer((request, response) => {
      const good = JSON.stringify({ documentSentiment: { score: 0.9, magnitude: 0.9 } });
      // A client that leaves before it has said everything gets no answer.
      text(request).then(
        () => response.end(good),
        () => response.destroy(),
      );
    });
    google.listen(0, '127.0.0.1');
    await new Promise((resolve) => google.once('listening', resolve));
    await using disposal = new AsyncDisposableStack();
    disposal.defer(() => void google.close());
    const address = google.address();
    const port = typeof address === 'object' ? address?.port : null;
    await using app = await startTestApp({
      environment: { GOOGLE_NLP_API_KEY: 'key', GOOGLE_NLP_BASE_URL: `http://127.0.0.1:${port}/`, SENTIMENT_METHOD: 'NLP_API' },
    });
    const { client } = await app.person();
    // The analyst answers at once, and the end of a run waits for Google a second only: on a busy machine that may be too short.
    await eventually(async () => {
      const result = await client.request(ask, { input: { text: 'Das ist wunderbar.' } });
      expect(result.ask.run.question.sentiment).toEqual({ method: 'NLP_API', model: null, score: 0.9, magnitude: 0.9, label: 'POSITIVE', emotion: null });
    });
    const { sentimentMethods } = await client.request('{ sentimentMethods { method isAvailable isDefault unavailableBecause } }');
    expect(sentimentMethods[0]).toEqual({ method: 'NLP_API', isAvailable: true, isDefault: true, unavailableBecause: null });
    expect(sentimentMethods[1]).toMatchObject({ method: 'STRUCTURED', isAvailable: false, unavailableBecause: expect.stringContaining('OPENAI_API_KEY') });
  });

  it('is judged by the rules where nothing is configured', async () => {
    await using app = await startTestApp({ environment: { SENTIMENT_METHOD: '' } });
    const { client } = await app.person();
    const result = await client.request(ask, { input: { text: 'Thank you so much, this is great!' } });
    expect(result.ask.run.question.sentiment).toMatchObject({ method: 'LOCAL', label: 'POSITIVE', emotion: 'GRATITUDE' });
  });
});

const follow = `subscription ($runId: ID!) { runEvents(runId: $runId) {
  __typename
  ... on SentimentReady { sentiment { score label emotion method } mood { count score label trend } }
  ... on RunFailed { message }
} }`;

describe('the event of sentiment', () => {
  it('is delivered to a subscriber beside all others', async () => {
    await using app = await startTestApp({ environment: { SENTIMENT_METHOD: 'LOCAL' } });
    const { client, token } = await app.person();
    const sent = await client.request('mutation { sendMessage(input: { text: "It stopped working again." }) { run { id } } }');
    const stream = await subscribeSse(app.url, { query: follow, variables: { runId: sent.sendMessage.run.id }, token });
    const events: any[] = [];
    for (let event = await stream.nextEvent(); event.kind === 'next'; event = await stream.nextEvent()) events.push(event.result.data.runEvents);
    stream.close();
    expect(events.filter(({ __typename }) => __typename === 'SentimentReady')).toEqual([
      {
        __typename: 'SentimentReady',
        sentiment: { score: expect.closeTo(-0.7, 0.5), label: 'NEGATIVE', emotion: 'FRUSTRATION', method: 'LOCAL' },
        mood: { count: 1, score: expect.closeTo(-0.7, 0.5), label: 'NEGATIVE', trend: null },
      },
    ]);
    expect(events.at(-1)?.__typename).toBe('RunFinished');
  });
});

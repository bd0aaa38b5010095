import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createSession } from '../access/world.ts';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { createScriptedEngine } from '../kit/scripted-engine.ts';
import { subscribeSse } from '../kit/sse-client.ts';

const csv = 'product,region,sold_at,price_usd\nTea,North,2024-01-05,3.5\nTea,South,2024-02-05,4\nCoffee,North,2024-01-09,12\nCoffee,South,2024-02-09,9\n';
const spec = { mark: 'bar', encoding: { x: { field: 'product' }, y: { field: 'price_usd', type: 'quantitative', aggregate: 'sum' } } };

const engine = createScriptedEngine();
let app: TestApp;
let owner: TestPerson;
let stranger: TestPerson;
let conversationId: string;
let plotId: string;

beforeAll(async () => {
  app = await startTestApp({ overrides: { engines: [engine] } });
  [owner, stranger] = [await app.person(), await app.person()];
  const session = await createSession(app, owner, 'sales.csv', csv);
  conversationId = session.conversation.id;
  const ask = 'mutation ($input: AskInput!) { ask(input: $input) { run { message { parts { __typename ... on PlotPart { id } } } } } }';
  const asked = owner.client.request(ask, { input: { conversationId, text: 'Draw the prices' } });
  const first = await engine.nextCall();
  first.toolCall('call-1', 'create_plot', { title: 'Prices', sql: 'SELECT * FROM sales', spec: { ...spec, background: 'black' } });
  first.finish('TOOL_CALLS');
  const second = await engine.nextCall();
  expect(second.request.messages.at(-1)).toMatchObject({ content: expect.stringContaining('The background was left out') });
  second.text('There.');
  second.finish();
  const { run } = (await asked).ask;
  plotId = run.message.parts.find((part: { __typename: string }) => part.__typename === 'PlotPart').id;
});
afterAll(() => app[Symbol.asyncDispose]());

const plot = (selection: string) =>
  owner.client.request(`query ($id: ID!) { node(id: $id) { ... on PlotPart { ${selection} } } }`, { id: plotId }).then((answer) => answer.node);

const editPlot = 'mutation ($input: EditPlotInput!) { editPlot(input: $input) { plot { title version spec } notes } }';
const edit = (input: object) => owner.client.request(editPlot, { input: { partId: plotId, ...input } }).then((answer) => answer.editPlot);
const failed = (input: object, person = owner) => failureOf(person, editPlot, { input: { partId: plotId, ...input } });

/** The error of an operation. */
async function failureOf(person: TestPerson, document: string, variables: Readonly<Record<string, unknown>>): Promise<{ code: string; message: string }> {
  const [error] = await person.client.expectErrors(document, variables);
  return { code: error?.extensions.code ?? '', message: error?.message ?? '' };
}

/** Width and height of a PNG. */
function pngSize(base64: string): readonly [number, number] {
  const bytes = Buffer.from(base64, 'base64');
  expect(bytes.subarray(1, 4).toString()).toBe('PNG');
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

describe('pictures', () => {
  it('are SVG in both themes, as wide as asked for', async () => {
    const { light, dark } = await plot('light: svg(width: 360) dark: svg(theme: DARK, width: 360)');
    expect(light).toMatch(/^<svg[^>]* width="360"/);
    expect(light).toContain('fill="#ffffff"');
    expect(dark).toContain('fill="#111827"');
    expect(dark).toContain('>Total price (USD)<');
  });

  it('are PNG in base64', async () => {
    const { png } = await plot('png(width: 360, scale: 1.5, theme: DARK)');
    expect(pngSize(png)[0]).toBe(540);
  });

  it('have a specification for each theme and width', async () => {
    const { plain, phone } = await plot('plain: spec phone: spec(theme: DARK, width: 360)');
    expect(plain).toMatchObject({ config: { background: '#ffffff' }, data: { values: [{ product: 'Tea' }, {}, {}, {}] } });
    expect(phone).toMatchObject({ config: { background: '#111827', legend: { orient: 'bottom' } }, width: 336, autosize: { type: 'fit-x' } });
  });

  it.each([
    ['svg(width: 100)', 'at least 240 pixels'],
    ['png(width: 5000)', 'at most 2000 pixels'],
    ['png(scale: 9)', 'at most 4'],
  ])('have limits: %s', async (selection, message) => {
    const failure = await failureOf(owner, `query ($id: ID!) { node(id: $id) { ... on PlotPart { ${selection} } } }`, { id: plotId });
    expect(failure).toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining(message) });
  });

  it('are downloaded by signed links', async () => {
    const { png, svg, file } = await plot('png: download(width: 400, scale: 1) { url } svg: download(form: SVG) { url } file: download(form: SPEC) { url }');
    const picture = await fetch(`${app.url}${png.url}`);
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect(picture.headers.get('content-disposition')).toContain('Prices.png');
    expect(picture.headers.get('etag')).toContain('png-LIGHT-400-1');
    expect(pngSize(Buffer.from(await picture.arrayBuffer()).toString('base64'))[0]).toBe(400);
    expect(await (await fetch(`${app.url}${svg.url}`)).text()).toMatch(/^<svg/);
    expect(await (await fetch(`${app.url}${file.url}`)).json()).toMatchObject({ mark: 'bar' });
  });
});

describe('changes', () => {
  it('follow instructions, keep every version, and are heard of', async () => {
    const events = await subscribeSse(app.url, {
      query:
        'subscription ($id: ID!) { conversationEvents(conversationId: $id) { __typename ... on PartChanged { version part { ... on PlotPart { id } } } } }',
      variables: { id: conversationId },
      token: owner.token,
    });
    const changed = await edit({ instruction: 'horizontal bars, sort ascending and title: What we sold' });
    expect(changed).toMatchObject({ plot: { title: 'What we sold', version: 2, spec: { title: 'What we sold' } }, notes: [] });
    expect(changed.plot.spec.encoding).toMatchObject({ y: { field: 'product', sort: 'x' }, x: { aggregate: 'sum' } });
    for (;;) {
      const event: any = await events.nextEvent();
      if (event.result.data.conversationEvents.__typename !== 'PartChanged') continue;
      expect(event.result.data.conversationEvents).toMatchObject({ version: 2, part: { id: plotId } });
      break;
    }
    events.close();
    const { versions, version } = await plot('version versions { version isCurrent instruction title createdAt }');
    expect(version).toBe(2);
    expect(versions).toMatchObject([
      { version: 1, isCurrent: false, instruction: null, title: 'Prices' },
      { version: 2, isCurrent: true, instruction: 'horizontal bars, sort ascending and title: What we sold', title: 'What we sold' },
    ]);
  });

  it('take a whole specification, checked against the same rows', async () => {
    const line = { mark: 'line', encoding: { x: { field: 'sold_at', type: 'temporal' }, y: { field: 'price_usd', type: 'quantitative' } } };
    const { plot: changed } = await edit({ spec: line });
    expect(changed.spec.data.values[0]).toMatchObject({ sold_at: '2024-01-05T00:00:00' });
    expect(await failed({ spec: { ...line, encoding: { x: { field: 'price_eur' } } } })).toMatchObject({
      code: 'PLOT_INVALID',
      message: expect.stringContaining('"price_usd"'),
    });
  });

  it('go back to a version, as a new one', async () => {
    const revert = 'mutation ($input: RevertPlotInput!) { revertPlot(input: $input) { plot { version title spec versions { version } } } }';
    const { plot: reverted } = (await owner.client.request(revert, { input: { partId: plotId, version: 1 } })).revertPlot;
    expect(reverted).toMatchObject({ title: 'Prices', version: 4, spec: { mark: 'bar' }, versions: [{}, {}, {}, {}] });
    expect(await failureOf(owner, revert, { input: { partId: plotId, version: 99 } })).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('ask the model of the conversation for what the rules do not know, and let it mend its answer once', async () => {
    const asked = edit({ instruction: 'make it look like a subway map' });
    const first = await engine.nextCall();
    expect(first.request.messages.at(-1)).toMatchObject({ text: expect.stringContaining('subway') });
    first.text('```json\n{"mark": "train", "encoding": {}}\n```');
    first.finish();
    const second = await engine.nextCall();
    expect(second.request.messages.at(-1)).toMatchObject({ text: expect.stringContaining('allowed values') });
    second.text(JSON.stringify({ ...spec, mark: 'line' }));
    second.finish();
    expect((await asked).plot).toMatchObject({ version: 5, spec: { mark: 'line' } });
  });

  it.each<readonly [string, object, string]>([
    ['both', { instruction: 'bigger', spec }, 'Give either'],
    ['neither', {}, 'Give either'],
    ['an empty instruction', { instruction: ' ' }, 'is empty'],
    ['a column that is not there', { instruction: 'color by size' }, '"size" is not a column of the plot; its columns are product, region'],
  ])('are refused with %s', async (_case, input, message) => {
    expect(await failed(input)).toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining(message) });
  });

  it('are not for strangers', async () => {
    expect(await failed({ instruction: 'bigger' }, stranger)).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('wait until the answer is written', async () => {
    const send = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id message { id } } } }';
    const { run } = (await owner.client.request(send, { input: { conversationId, text: 'Again' } })).sendMessage;
    const call = await engine.nextCall();
    call.toolCall('call-1', 'create_plot', { title: 'Prices', sql: 'SELECT * FROM sales', spec });
    call.finish('TOOL_CALLS');
    const next = await engine.nextCall();
    const { node } = await owner.client.request('query ($id: ID!) { node(id: $id) { ... on Message { parts { ... on PlotPart { id } } } } }', {
      id: run.message.id,
    });
    const open = node.parts.find((part: { id?: string }) => part.id !== undefined);
    expect(await failed({ partId: open.id, instruction: 'bigger' })).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('still being written'),
    });
    next.finish();
  });
});

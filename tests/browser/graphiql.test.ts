import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSession } from '../access/world.ts';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { carsCsv } from '../kit/datasets.ts';

const executablePath = '/usr/bin/chromium';
const isAvailable = existsSync(executablePath);

// Where there is no browser the suite is reported as skipped; CI has one.
if (process.env['CI'] === 'true' && !isAvailable) throw new Error(`Chromium is missing at ${executablePath}.`);

/** How long a browser may take to do what it is told, where others want the processor too. */
const timeout = 240_000;

describe.skipIf(!isAvailable)('GraphiQL in Chromium', () => {
  let app: TestApp;
  let person: TestPerson;
  let runId: string;
  let browser: Browser;
  const foreign: string[] = [];

  beforeAll(async () => {
    app = await startTestApp();
    person = await app.person();
    const session = await createSession(app, person, 'cars.csv', carsCsv());
    const started = await person.client.request('mutation ($id: ID!) { autoAnalyze(input: { sessionId: $id }) { run { id } } }', { id: session.id });
    runId = started.autoAnalyze.run.id;
    const flags = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
    browser = await chromium.launch({ executablePath, args: flags, timeout });
  });

  afterAll(async () => {
    await browser.close();
    await app[Symbol.asyncDispose]();
  });

  /** Opens the page with an operation in it, signed in by the cookie. */
  async function open(path: string, query: string): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1500, height: 950 } });
    await context.addCookies([{ name: 'auth-token', value: person.token, url: app.url, httpOnly: true, sameSite: 'Lax' }]);
    context.setDefaultTimeout(timeout);
    const page = await context.newPage();
    page.on('request', (request) => {
      if (!request.url().startsWith(app.url) && !request.url().startsWith('data:') && !request.url().startsWith('blob:')) foreign.push(request.url());
    });
    await page.goto(`${app.url}${path}${path.includes('?') ? '&' : '?'}query=${encodeURIComponent(query)}`);
    return page;
  }

  /** Executes an operation, waits until its result shows something, and gives all of it as text. */
  async function watch(path: string, query: string, expected: RegExp, name: string): Promise<string> {
    const page = await open(path, query);
    await page.getByRole('button', { name: /execute/i }).click();
    const result = page.locator('.result-window, .graphiql-response').first();
    await expect.poll(() => result.innerText(), { timeout: 60_000 }).toMatch(expected);
    const screenshots = process.env['SCREENSHOT_FOLDER'];
    if (screenshots !== undefined) await page.screenshot({ path: `${screenshots}/graphiql-${name}.png` });
    const text = await result.innerText();
    await page.context().close();
    return text;
  }

  const follow = (id: string): string =>
    `subscription { runEvents(runId: "${id}") { __typename seq ... on TextDelta { text } ... on PlotReady { part { title } } ... on RunFinished { reason } } }`;

  it.each(['/graphiql', '/graphiql?transport=websocket'])('streams an analysis to its end at %s, without the internet', async (path) => {
    await watch(path, follow(runId), /RunFinished/, path.includes('websocket') ? 'websocket' : 'sse');
    expect(foreign).toEqual([]);
  });

  it('shows how a week is planned without a model, applied in part, and undone', async () => {
    const { saveWeeklyPlan } = await person.client.request(`mutation {
      createGoal(input: { title: "Speak Italian", priority: HIGH }) { goal { id } }
      saveWeeklyPlan(input: { focusAreas: ["Verbs"] }) { weeklyPlan { id } }
      createPlanItem(input: { title: "Learn ten verbs", estimateMinutes: 45 }) { planItem { id } }
    }`);
    const send = 'mutation ($id: ID!) { sendMessage(input: { contextId: $id, text: "Plan next week" }) { run { id } } }';
    const { sendMessage } = await person.client.request(send, { id: saveWeeklyPlan.weeklyPlan.id });
    await watch('/graphiql?transport=websocket', follow(sendMessage.run.id), /RunFinished/, 'planning');
    const proposals = '{ planProposals(first: 1) { edges { node { id summary operations { kind reason } } } } }';
    const told = await watch('/graphiql', proposals, /"reason":\s+"[^"]/, 'proposal');
    // The page breaks long words.
    const proposalId = /"id":\s+"([^"]+)"/.exec(told)?.[1]?.replaceAll(/\s/g, '');
    const apply = `mutation { applyProposal(input: { id: "${proposalId}", operations: [0] }) { proposal { status operations { status } } } }`;
    expect(await watch('/graphiql', apply, /PARTLY_APPLIED/, 'applied')).toMatch(/"APPLIED"[^]+"PENDING"/);
    await watch('/graphiql', `mutation { undoProposal(input: { id: "${proposalId}" }) { proposal { status } } }`, /UNDONE/, 'undone');
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { runSql } from '../kit/database.ts';

const create = 'mutation ($name: String!) { createCalendarFeed(input: { name: $name }) { calendarFeed { id name createdAt lastReadAt } url } }';
const list = '{ calendarFeeds { edges { node { id name lastReadAt } } } }';

describe('the address of a calendar feed', () => {
  let app: TestApp;
  let ada: TestPerson;
  beforeAll(async () => {
    app = await startTestApp();
    ada = await app.person();
  });
  afterAll(() => app[Symbol.asyncDispose]());

  const get = (url: string, init: RequestInit = {}): Promise<Response> => fetch(new URL(url, app.url), init);
  const feedOf = async (person: TestPerson, name = 'Phone'): Promise<any> => (await person.client.request(create, { name })).createCalendarFeed;
  const plan = (person: TestPerson, title: string): Promise<any> =>
    person.client.request('mutation ($title: String!, $date: Date!) { createPlanItem(input: { title: $title, date: $date }) { planItem { id } } }', {
      title,
      date: new Date().toISOString().slice(0, 10),
    });
  const refusal = async (response: Response): Promise<unknown> => {
    const { errors } = Object(await response.json());
    return [response.status, errors[0].extensions.code, errors[0].message];
  };
  const gone = [404, 'NOT_FOUND', 'No calendar is at this address: there never was one, or it was revoked.'];

  it('gives the calendar to whoever has it, without signing in, and is shown once', async () => {
    await plan(ada, 'Swim');
    const { calendarFeed, url } = await feedOf(ada);
    expect(url).toMatch(/^\/calendar\/clq_c_[\w-]{43}\.ics$/);
    expect(calendarFeed).toMatchObject({ name: 'Phone', lastReadAt: null });
    const answer = await get(url);
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('SUMMARY:Swim')]);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/calendar; charset=utf-8',
      'content-disposition': 'inline; filename="plans.ics"',
      'cache-control': 'private, no-cache',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex',
      'x-content-type-options': 'nosniff',
    });
    expect(answer.headers.get('set-cookie')).toBeNull();
    const head = await get(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, answer.headers.get('content-length'), '']);
    const [{ node }] = (await ada.client.request(list)).calendarFeeds.edges;
    expect(node).toMatchObject({ id: calendarFeed.id, lastReadAt: expect.any(String) });
    expect(JSON.stringify(await runSql(app.connectionString, 'SELECT * FROM calendar_feeds')), 'only a hash is kept').not.toContain(url.slice(10, -4));
    expect((await (await app.person()).client.request(list)).calendarFeeds.edges).toEqual([]);
  });

  it('gives nothing twice, and everything after each change', async () => {
    const bob = await app.person();
    const { url } = await feedOf(bob);
    const { planItem } = (await plan(bob, 'One')).createPlanItem;
    const first = await get(url);
    const [etag, modified] = [first.headers.get('etag') ?? '', first.headers.get('last-modified') ?? ''];
    const since = async (headers: Record<string, string>): Promise<number> => (await get(url, { headers })).status;
    expect(await since({ 'if-none-match': etag })).toBe(304);
    expect(await since({ 'if-none-match': `"x", W/${etag}` })).toBe(304);
    expect(await since({ 'if-none-match': '"x"', 'if-modified-since': modified }), 'tags count for more than times').toBe(200);
    expect(await since({ 'if-modified-since': modified })).toBe(304);
    expect(await since({ 'if-modified-since': 'nonsense' })).toBe(200);
    // Each in the second of the one before.
    const changes: readonly [string, string][] = [
      ['createPlanItem', 'title: "Two", date: "2026-11-30"'],
      ['updatePlanItem', `id: "${planItem.id}", notes: "more"`],
      ['deletePlanItem', `id: "${planItem.id}"`],
      ['updatePlannerSettings', 'timeZone: "Asia/Kolkata"'],
    ];
    let [tag, time] = [etag, modified];
    for (const [field, input] of changes) {
      await bob.client.request(`mutation { ${field}(input: { ${input} }) { __typename } }`);
      const answer = await get(url, { headers: { 'if-none-match': tag } });
      expect([field, answer.status]).toEqual([field, 200]);
      expect([field, await since({ 'if-modified-since': time })]).toEqual([field, 200]);
      [tag, time] = [answer.headers.get('etag') ?? '', answer.headers.get('last-modified') ?? ''];
    }
  });

  it('L04 answers alike when it was revoked, when it never was, and when it is no token', async () => {
    const [held, revoked] = [await feedOf(ada), await feedOf(ada)];
    const revoke = 'mutation ($id: ID!) { revokeCalendarFeed(input: { id: $id }) { revokedCalendarFeedId } }';
    expect((await ada.client.request(revoke, { id: revoked.calendarFeed.id })).revokeCalendarFeed.revokedCalendarFeedId).toBe(revoked.calendarFeed.id);
    const token = held.url.slice('/calendar/'.length, -'.ics'.length);
    for (const name of [
      revoked.url.slice(10),
      `clq_c_${'A'.repeat(43)}.ics`,
      '.ics',
      `${token.slice(0, -1)}.ics`,
      `${token}x.ics`,
      '%27%20OR%20true',
      ada.token,
    ]) {
      expect(await refusal(await get(`/calendar/${name}`))).toEqual(gone);
    }
    expect((await get(held.url)).status).toBe(200);
    expect((await get(held.url, { method: 'POST' })).status).toBe(405);
    expect((await get(held.url, { headers: { origin: 'https://evil.example' } })).headers.get('access-control-allow-origin')).toBeNull();
  });

  it('L04 leads nowhere while its owner’s account is not in use', async () => {
    const bob = await app.person();
    const { url } = await feedOf(bob);
    expect((await get(url)).status).toBe(200);
    await runSql(app.connectionString, `UPDATE users SET disabled_at = now() WHERE email = '${bob.email}'`);
    expect(await refusal(await get(url))).toEqual(gone);
  });

  it('L04 is read so often from an address and no more', async () => {
    await using limited = await startTestApp({ environment: { RATE_LIMIT_CALENDAR_READS_PER_ADDRESS: '3' } });
    const answers: Response[] = [];
    for (let attempt = 0; attempt < 5; attempt += 1) answers.push(await fetch(new URL(`/calendar/guess-${attempt}.ics`, limited.url)));
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 429, 429]);
    expect(Number(answers.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('is one of at most twenty, each with a name', async () => {
    const bob = await app.person();
    const codes = await Promise.all(
      Array.from({ length: 22 }, () =>
        bob.client.request(create, { name: 'x' }).then(
          () => 'made',
          () => 'refused',
        ),
      ),
    );
    expect(codes.filter((code) => code === 'made')).toHaveLength(20);
    const [error] = await bob.client.expectErrors(create, { name: 'x' });
    expect([error?.extensions.code, error?.message]).toEqual([
      'CONFLICT',
      'You have 20 calendar feeds, as many as are allowed; revoke one that you do not need with "revokeCalendarFeed".',
    ]);
    expect((await ada.client.expectErrors(create, { name: ' ' }))[0]?.message).toBe('name: must not be empty');
  });
});

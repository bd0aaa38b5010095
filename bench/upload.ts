// Uploads a generated CSV: time, memory of the server, and what a session page costs afterwards.
//   node bench/upload.ts [megabytes]
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGraphqlClient } from '../tests/kit/graphql-client.ts';
import { startServerProcess } from '../tests/kit/server-process.ts';
import { residentBytes } from './process.ts';

const [megabytes = 1_024] = process.argv.slice(2).map(Number);

function residentMegabytes(pid: number): number {
  return residentBytes(pid) / 1024 ** 2;
}

/** Rows of mixed types in chunks of about a megabyte, always the same. */
async function* rows(): AsyncGenerator<Buffer> {
  const cities = ['Oslo', 'Bergen', 'Trondheim', 'Stavanger', 'Tromsø'];
  const total = megabytes * 1024 * 1024;
  let written = 0;
  let index = 0;
  yield Buffer.from('id,day,city,temperature,amount,is_open,note\n');
  while (written < total) {
    let text = '';
    while (text.length < 1024 * 1024) {
      index += 1;
      const day = new Date(1_500_000_000_000 + (index % 2_000) * 86_400_000).toISOString().slice(0, 10);
      text += `${index},${day},${cities[index % 5]},${((index * 7) % 400) / 10 - 10},${(index * 13) % 100_000},${index % 3 === 0},note number ${index % 977}\n`;
    }
    const chunk = Buffer.from(text);
    written += chunk.length;
    yield chunk;
  }
}

const folder = await mkdtemp(join(tmpdir(), 'colloquy-bench-'));
const server = await startServerProcess({ DATA_FOLDER: folder, MAX_UPLOAD_BYTES: String(4 * 1024 ** 3) });
const registration = 'mutation { register(input: { email: "bench@example.org", password: "correct horse battery" }) { accessToken } }';
const { register } = await createGraphqlClient(server.url).request(registration);
const token: string = register.accessToken;
const client = createGraphqlClient(server.url, { token });

async function upload(name: string, body: AsyncIterable<Buffer>): Promise<any> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'text/csv' };
  const outgoing = request(`${server.url}/uploads?name=${name}`, { method: 'POST', headers });
  const [[response]] = await Promise.all([once(outgoing, 'response'), pipeline(body, outgoing)]);
  const answer: any = await json(response);
  if (response.statusCode !== 201) throw new Error(JSON.stringify(answer));
  return answer;
}

// A small one first, so that what is loaded once does not count.
await upload(
  'small.csv',
  (async function* () {
    yield Buffer.from('a,b\n1,2\n');
  })(),
);
const before = residentMegabytes(server.pid);
let peak = before;
const watch = setInterval(() => (peak = Math.max(peak, residentMegabytes(server.pid))), 50);
const startedAt = performance.now();
const { files } = await upload('large.csv', rows());
const seconds = (performance.now() - startedAt) / 1_000;
clearInterval(watch);
const { createSession } = await client.request('mutation ($ids: [ID!]!) { createSession(input: { fileIds: $ids }) { session { id } } }', {
  ids: [files[0].id],
});
const page = 'query ($id: ID!) { session(id: $id) { files { rowCount columns { name type meaning nullCount } preview(first: 50) { rows } } } }';
const pageMs: number[] = [];
for (let round = 0; round < 20; round += 1) {
  const asked = performance.now();
  await client.request(page, { id: createSession.session.id });
  pageMs.push(performance.now() - asked);
}
console.log({
  megabytes,
  rowCount: files[0].rowCount,
  rejected: files[0].ingest.rejectedRowCount,
  uploadAndIngestSeconds: seconds.toFixed(1),
  serverMegabytes: { before: before.toFixed(0), peak: peak.toFixed(0), grownBy: (peak - before).toFixed(0) },
  sessionPageMs: { first: pageMs[0]?.toFixed(1), median: pageMs.toSorted((left, right) => left - right)[10]?.toFixed(1) },
});
await server.stop();
await rm(folder, { recursive: true, force: true });

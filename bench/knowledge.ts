// How fast documents of one page are indexed, and how long a search takes among 10,000 of them: node bench/knowledge.ts [indexed] [embedded]
// Of the 10,000 as many as it says are sent and indexed, by default 1,000; the others are written by SQL, for a search sees no difference.
import { randomFillSync } from 'node:crypto';
import { normalised } from '../src/base/embedder.ts';
import { openKnowledge } from './knowledge-server.ts';
import { timesText } from './times.ts';

const documentCount = 10_000;
const indexedCount = Number(process.argv[2] ?? 1_000);
/** With the embedded model, whose work is nearly all of the time. */
const embeddedCount = Number(process.argv[3] ?? 100);
const rounds = 60;
const dimensions = 512;

let seed = 7;
const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
/** Of 20,000 words some are rare and some are everywhere, as in texts of people. */
const word = (): string => `word${Math.floor(20_000 * random() ** 4)}`;

/** A page: a heading and 300 words in paragraphs of sentences. */
function page(number: number): string {
  const sentence = (): string => `The ${Array.from({ length: 11 }, word).join(' ')}.`;
  const paragraph = (): string => Array.from({ length: 5 }, sentence).join(' ');
  return `# Document ${number} about ${word()}\n\n${Array.from({ length: 5 }, paragraph).join('\n\n')}\n`;
}

async function ingest(server: Awaited<ReturnType<typeof openKnowledge>>, count: number, name: string): Promise<void> {
  const beganAt = performance.now();
  let next = 0;
  const send = async (): Promise<void> => {
    for (let number = (next += 1); number <= count; number = next += 1) await server.send(`${number}.md`, Buffer.from(page(number)));
  };
  await Promise.all([send(), send(), send()]);
  const sentMs = performance.now() - beganAt;
  const { ready, failed, passages } = await server.settled(count);
  const seconds = (performance.now() - beganAt) / 1_000;
  console.log(
    `${name}: ${ready} ready, ${failed} failed, ${passages} passages in ${seconds.toFixed(1)} s (sent in ${(sentMs / 1_000).toFixed(1)} s): ${(count / seconds).toFixed(1)} documents/s, ${(passages / seconds).toFixed(1)} passages/s`,
  );
}

{
  await using server = await openKnowledge({ embeddingModel: 'embedded:english' });
  await ingest(server, embeddedCount, 'with the embedded model');
}

await using server = await openKnowledge({ embeddingModel: null });
await ingest(server, indexedCount, 'by words alone');

/** Three passages of 110 words a document, as those have that were sent. */
const rest = `
  WITH base AS (SELECT id, owner_id FROM knowledge_bases), document AS (
    INSERT INTO documents (id, owner_id, knowledge_base_id, name, source, status, chunk_count, revision, created_at, updated_at)
    SELECT gen_random_uuid(), base.owner_id, base.id, n || '.md', 'UPLOAD', 'READY', 3, 1, now(), now() FROM base, generate_series($1::int, $2::int) n RETURNING id, knowledge_base_id
  ), written AS (
    SELECT document.id, document.knowledge_base_id, place,
      (SELECT string_agg('word' || floor(20000 * random() ^ 4)::int, ' ') FROM generate_series(1, 110) WHERE document.id IS NOT NULL AND place >= 0) AS text
    FROM document, generate_series(0, 2) place
  )
  INSERT INTO chunks (id, document_id, knowledge_base_id, position, text, token_count, words)
  SELECT gen_random_uuid(), id, knowledge_base_id, place, text, 200, to_tsvector('english', text) FROM written`;
await server.pool.query(rest, [indexedCount + 1, documentCount]);

// The vectors are random: how long a search takes does not depend on what they mean, and making them takes hours.
const { rows: chunks } = await server.pool.query<{ id: string; document_id: string }>('SELECT id, document_id FROM chunks');
for (let start = 0; start < chunks.length; start += 1_000) {
  const some = chunks.slice(start, start + 1_000);
  const vectors = some.map(() => {
    const numbers = Int8Array.from(randomFillSync(new Int8Array(dimensions)));
    return Buffer.from((normalised(numbers) ?? new Float32Array(dimensions)).buffer);
  });
  await server.pool.query(
    `INSERT INTO chunk_vectors (chunk_id, model, document_id, dimensions, vector) SELECT t.c, 'embedded:english', t.d, ${dimensions}, t.v FROM unnest($1::uuid[], $2::uuid[], $3::bytea[]) AS t (c, d, v)`,
    [some.map(({ id }) => id), some.map((chunk) => chunk.document_id), vectors],
  );
}
await server.pool.query(`UPDATE knowledge_bases SET embedding_model = 'embedded:english', vector_model = 'embedded:english', version = version + 1`);
await server.pool.query('VACUUM ANALYZE');

const began = performance.now();
await server.search('the first search', 'VECTOR', 10);
console.log(`${chunks.length} vectors: the first search, which reads them and starts the model, took ${(performance.now() - began).toFixed(0)} ms`);
for (const mode of ['TEXT', 'VECTOR', 'HYBRID']) {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    // Each asks for something else, so that nothing is remembered from the one before.
    const query = `Which document says something about ${word()} and ${word()} with ${word()}?`;
    const startedAt = performance.now();
    await server.search(query, mode, 10);
    times.push(performance.now() - startedAt);
  }
  console.log(`${mode.padEnd(7)} ${timesText(times, [0.5, 0.95])}`);
}

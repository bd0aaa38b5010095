// How fast documents of one page are indexed, and how long a search takes among them: node bench/knowledge.ts [count] [model] [total]
// So many documents are sent over HTTP and indexed as people's are, with vectors of an embedding model or, for "none", without. With a total, what is
// missing to it is written by SQL, and every passage without a vector gets a random one, so that searches by meaning can be timed.
import { fillBase } from './knowledge-fill.ts';
import { openKnowledge } from './knowledge-server.ts';
import { timesText } from './times.ts';

const count = Number(process.argv[2] ?? 10_000);
const model = process.argv[3] ?? 'none';
const total = process.argv[4] === undefined ? null : Number(process.argv[4]);
const embeddingModel = model === 'none' ? null : model;
const rounds = 60;
/** As many as one person may send at once, less one. */
const sendersAtOnce = 3;

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

await using server = await openKnowledge({ embeddingModel });

const beganAt = performance.now();
let next = 0;
const send = async (): Promise<void> => {
  for (let number = (next += 1); number <= count; number = next += 1) await server.send(`${number}.md`, Buffer.from(page(number)));
};
await Promise.all(Array.from({ length: sendersAtOnce }, send));
const sentSeconds = (performance.now() - beganAt) / 1_000;
const { ready, failed, passages } = await server.settled(count);
const seconds = (performance.now() - beganAt) / 1_000;
console.log(
  `${model}: ${ready} ready, ${failed} failed, ${passages} passages in ${seconds.toFixed(1)} s (sent in ${sentSeconds.toFixed(1)} s): ${(count / seconds).toFixed(1)} documents/s, ${(passages / seconds).toFixed(1)} passages/s`,
);

if (total !== null) console.log(`${await fillBase(server.pool, count, total)} random vectors; ${total} documents now`);
const hasVectors = embeddingModel !== null || total !== null;
// What PostgreSQL does by itself within a minute or so.
await server.pool.query('VACUUM ANALYZE');
if (hasVectors) {
  const began = performance.now();
  await server.search('the first search', 'VECTOR', 10);
  console.log(`the first search by meaning, which reads the vectors, took ${(performance.now() - began).toFixed(0)} ms`);
}
for (const mode of !hasVectors ? ['TEXT'] : ['TEXT', 'VECTOR', 'HYBRID']) {
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

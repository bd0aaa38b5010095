// How well questions are answered out of the manual of PostgreSQL 15, by words, by meaning and by both:
//   apt-get download postgresql-doc-15 && dpkg -x postgresql-doc-15_*.deb manual
//   node bench/knowledge-quality.ts manual/usr/share/doc/postgresql-doc-15/html [embedding model]
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { knowledgeQuestions } from './knowledge-questions.ts';
import { openKnowledge } from './knowledge-server.ts';
import { timesText } from './times.ts';

const [folder, embeddingModel = 'embedded:english'] = process.argv.slice(2);
if (folder === undefined) throw new Error('Say where the pages of the manual are.');

/** Left out are the notes of releases and what programmers of PostgreSQL itself read; all that questions ask for is in the rest. */
const leftOut =
  /^(release|catalog-|infoschema-|spi-|ecpg|bookindex|biblio|features|sql-keywords|errcodes|protocol|docguide|source|error-|nls|regress|app-ecpg|fdw|gin|gist|spgist|brin|btree-|hash-|index-|storage|contrib-dblink)/;

/** Pages that answer, and every third of the others: embedding all of them takes twenty minutes. */
const answers = new Set(knowledgeQuestions.flatMap(({ pages }) => pages.map((page) => `${page}.html`)));
const every = (await readdir(folder)).filter((name) => name.endsWith('.html') && !leftOut.test(name)).toSorted();
const names = every.filter((name, place) => answers.has(name) || place % 3 === 0);
await using server = await openKnowledge({ embeddingModel });
const beganAt = performance.now();
for (const name of names) await server.send(name, await readFile(join(folder, name)));
const { ready, failed, passages } = await server.settled(names.length);
const seconds = (performance.now() - beganAt) / 1_000;
console.log(`${names.length} pages: ${ready} ready, ${failed} failed, ${passages} passages in ${seconds.toFixed(0)} s by ${embeddingModel}`);

/** Of the documents in the order of their first passage. */
const documentsOf = (hits: readonly { readonly documentName: string }[]): readonly string[] => [
  ...new Set(hits.map(({ documentName }) => documentName.replace(/\.html$/, ''))),
];

/** Gains are 1 for a page that answers and 0 for all others; Järvelin and Kekäläinen, 2002. */
function ndcg(found: readonly string[], pages: readonly string[], most: number): number {
  const gain = found.slice(0, most).reduce((sum, name, place) => sum + (pages.includes(name) ? 1 / Math.log2(place + 2) : 0), 0);
  const ideal = pages.slice(0, most).reduce((sum, _page, place) => sum + 1 / Math.log2(place + 2), 0);
  return gain / ideal;
}

for (const mode of ['TEXT', 'VECTOR', 'HYBRID'] as const) {
  let recall = 0;
  let gained = 0;
  let firsts = 0;
  const times: number[] = [];
  for (const { question, pages } of knowledgeQuestions) {
    const began = performance.now();
    const found = documentsOf(await server.search(question, mode, 50));
    times.push(performance.now() - began);
    // Of several pages that answer each for itself one is enough.
    recall += found.slice(0, 5).some((name) => pages.includes(name)) ? 1 : 0;
    firsts += pages.includes(found[0] ?? '') ? 1 : 0;
    gained += ndcg(found, pages, 10);
    if (process.env['SHOW_MISSES'] !== undefined && !found.slice(0, 5).some((name) => pages.includes(name)))
      console.log(`  ${mode} misses: ${question} -> ${found.slice(0, 3).join(', ')}`);
  }
  const share = (sum: number): string => (sum / knowledgeQuestions.length).toFixed(3);
  console.log(`${mode.padEnd(7)} recall@5 ${share(recall)}  first ${share(firsts)}  nDCG@10 ${share(gained)}  ${timesText(times, [0.5, 0.95])}`);
}

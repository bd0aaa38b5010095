// The automatic analysis of datasets, to be read and looked at by a person: the text with its tables, and each plot as a PNG.
//   node bench/analyses.ts [folder] [dataset ...]
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp } from '../src/app.ts';
import { parseConfig } from '../src/base/config.ts';
import { createLogger } from '../src/base/logger.ts';
import { datasetCsv } from '../tests/kit/datasets.ts';
import { createGraphqlClient } from '../tests/kit/graphql-client.ts';
import { withoutRateLimits } from '../tests/kit/wide-limits.ts';

const [folder = 'analyses', ...named] = process.argv.slice(2);
const datasets = named.length > 0 ? named : ['cars.json', 'seattle-weather.csv', 'movies.json', 'gapminder.json', 'penguins.json'];

const dataFolder = await mkdtemp(join(tmpdir(), 'colloquy-analyses-'));
const app = await startApp(parseConfig({ ...withoutRateLimits, PORT: '0', DATA_FOLDER: dataFolder, LOG_LEVEL: 'warn' }), createLogger({ level: 'warn' }));
const registration = 'mutation { register(input: { email: "reader@example.org", password: "correct horse battery" }) { accessToken } }';
const { register } = await createGraphqlClient(app.url).request(registration);
const client = createGraphqlClient(app.url, { token: register.accessToken });

for (const dataset of datasets) {
  const name = `${dataset.replace(/\.\w+$/, '')}.csv`;
  const form = new FormData();
  form.append('file', new Blob([datasetCsv(dataset)]), name);
  const uploaded = await fetch(`${app.url}/uploads`, { method: 'POST', headers: { authorization: `Bearer ${register.accessToken}` }, body: form });
  const { files }: any = await uploaded.json();
  const session = await client.request('mutation ($ids: [ID!]!) { createSession(input: { fileIds: $ids }) { session { id conversation { id } } } }', {
    ids: [files[0].id],
  });
  const { id, conversation } = session.createSession.session;
  await client.request('mutation ($id: ID!) { autoAnalyze(input: { sessionId: $id }) { run { id } } }', { id });
  const query = `query ($id: ID!) { conversation(id: $id) { title messages { edges { node { role parts {
    ... on TextPart { text } ... on QueryResultPart { resultTitle: title columns { name } rows } ... on PlotPart { title light: png(width: 720) dark: png(width: 360, theme: DARK) } } } } } } }`;
  const answer = async () => (await client.request(query, { id: conversation.id })).conversation;
  const isOver = async () =>
    (await client.request('query ($id: ID!) { runs(conversationId: $id) { edges { node { status } } } }', { id: conversation.id })).runs.edges[0].node
      .status !== 'RUNNING';
  while (!(await isOver())) await new Promise((resolve) => setTimeout(resolve, 200));
  const { title, messages } = await answer();
  const target = join(folder, name.replace('.csv', ''));
  await mkdir(target, { recursive: true });
  const lines: string[] = [`# ${title}`, ''];
  let plotCount = 0;
  for (const part of messages.edges.at(-1).node.parts) {
    if (part.text !== undefined) lines.push(part.text);
    else if (part.light !== undefined) {
      plotCount += 1;
      await writeFile(join(target, `${plotCount}-720-light.png`), Buffer.from(part.light, 'base64'));
      await writeFile(join(target, `${plotCount}-360-dark.png`), Buffer.from(part.dark, 'base64'));
      lines.push('', `![${part.title}](${plotCount}-720-light.png)`, '');
    } else {
      const rows = part.rows.slice(0, 12).map((row: unknown[]) => `| ${row.join(' | ')} |`);
      lines.push(
        '',
        `**${part.resultTitle}**`,
        '',
        `| ${part.columns.map((column: { name: string }) => column.name).join(' | ')} |`,
        `|${'---|'.repeat(part.columns.length)}`,
        ...rows,
        '',
      );
    }
  }
  await writeFile(join(target, 'analysis.md'), lines.join('\n'));
  console.log(`${name}: "${title}", ${plotCount} plots, ${join(target, 'analysis.md')}`);
}

await app.stop();
await rm(dataFolder, { recursive: true, force: true });

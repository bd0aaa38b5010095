// Takes each protection out of a copy of the product, one at a time, and sees that a test of its case fails.
//   npm run test:protections              all of them
//   npm run test:protections -- G02 R05   those of these cases
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { createTemporaryFolder } from '../kit/leftovers.ts';
import type { Protection } from './protection.ts';
import { protections } from './protections.ts';

/** How a removal ended, with the words of the test that noticed. Everything but `caught` is something to mend. */
interface Outcome {
  readonly kind: 'caught' | 'survived' | 'skipped' | 'not applied' | 'broken' | 'endless';
  readonly because?: string;
}

const home = process.cwd();
const notCopied = new Set(['node_modules', '.git', 'data', 'bench']);
// Of a whole run of vitest: the tests have limits of their own, so that one which waits for ever fails.
const timeLimitMs = 300_000;

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort(new Error(`interrupted by ${signal}`)));

const reportShape = z.object({
  testResults: z.array(
    z.object({
      message: z.string().nullish(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()) })),
    }),
  ),
});

async function copyProduct(folder: string): Promise<void> {
  await cp(home, folder, { recursive: true, filter: (source) => !notCopied.has(relative(home, source)) });
  await symlink(join(home, 'node_modules'), join(folder, 'node_modules'));
}

function judge(report: z.infer<typeof reportShape>): Outcome {
  const results = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = results.find(({ status }) => status === 'failed');
  if (failed !== undefined) return { kind: 'caught', because: `${failed.fullName}: ${failed.failureMessages[0]?.split('\n', 1)[0] ?? ''}` };
  if (results.some(({ status }) => status === 'passed')) return { kind: 'survived' };
  const message = report.testResults.find((result) => Boolean(result.message))?.message;
  return message == null ? { kind: 'skipped' } : { kind: 'broken', because: message.split('\n', 1)[0] ?? '' };
}

async function runTests(folder: string, { id, test, title = id }: Protection): Promise<Outcome> {
  const report = join(folder, 'report.json');
  await rm(report, { force: true });
  const vitest = join('node_modules', 'vitest', 'vitest.mjs');
  // Without its protection a test may wait for what never comes: a minute tells.
  const limits = ['--testTimeout', '60000', '--hookTimeout', '60000'];
  const choice = ['--project', 'embedded', test, '-t', title, '--bail', '1', ...limits];
  // A group of its own: with the run go its workers and its database.
  const options = { cwd: folder, stdio: 'ignore', detached: true } as const;
  const child = spawn(process.execPath, [vitest, 'run', ...choice, '--reporter', 'json', '--outputFile', report], options);
  const end = AbortSignal.any([interrupted.signal, AbortSignal.timeout(timeLimitMs)]);
  end.addEventListener('abort', () => child.pid !== undefined && child.exitCode === null && process.kill(-child.pid, 'SIGKILL'));
  await once(child, 'exit');
  interrupted.signal.throwIfAborted();
  return end.aborted ? { kind: 'endless' } : judge(reportShape.parse(JSON.parse(await readFile(report, 'utf8'))));
}

async function tryWithout(folder: string, protection: Protection): Promise<Outcome> {
  const path = join(folder, protection.file);
  const original = await readFile(path, 'utf8');
  const [before, after, ...more] = original.split(protection.find);
  if (before === undefined || after === undefined || more.length > 0) return { kind: 'not applied' };
  await writeFile(path, `${before}${protection.replace ?? ''}${after}`);
  try {
    return await runTests(folder, protection);
  } finally {
    await writeFile(path, original);
  }
}

const wanted = process.argv.slice(2);
const chosen = protections.filter(({ id }) => wanted.length === 0 || wanted.includes(id));
await using folder = await createTemporaryFolder();
await copyProduct(folder.path);
let caught = 0;
for (const protection of chosen) {
  const startedAt = performance.now();
  const { kind, because } = await tryWithout(folder.path, protection);
  console.log(`${kind.padEnd(11)} ${protection.id}  ${protection.what}  (${Math.round((performance.now() - startedAt) / 1_000)} s)`);
  if (because !== undefined) console.log(`                 ${because.slice(0, 240)}`);
  if (kind === 'caught') caught += 1;
}
console.log(`${caught} of ${chosen.length} removals were caught.`);
process.exitCode = caught === chosen.length ? 0 : 1;

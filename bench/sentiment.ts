// How well and how fast sentiment is judged, beside the two libraries:
//   node bench/sentiment.ts [a folder with the set "sentiment" of TweetEval: test_text.txt, test_labels.txt]
// Without a folder the held-out halves of tests/sentiment/sets are measured.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContestants, type Contestant } from '../tests/sentiment/contestants.ts';
import { measure } from '../tests/sentiment/measure.ts';
import { readSets, type Example, type Held } from '../tests/sentiment/sets.ts';

const contestants = createContestants();
const ordered: readonly Contestant[] = [contestants.local, contestants.vader, contestants.sentiment];
const speedRounds = 20;

/** The labels of TweetEval (https://github.com/cardiffnlp/tweeteval). */
const tweetLabels: readonly Held[] = ['NEGATIVE', 'NEUTRAL', 'POSITIVE'];

function readTweets(folder: string): readonly Example[] {
  const texts = readFileSync(join(folder, 'test_text.txt'), 'utf8').split('\n');
  const labels = readFileSync(join(folder, 'test_labels.txt'), 'utf8').trim().split('\n');
  return labels.map((label, index) => ({ text: texts[index] ?? '', held: tweetLabels[Number(label)] ?? 'NEUTRAL' }));
}

function row(name: string, examples: readonly Example[]): string {
  const cells = ordered.map((contestant) => {
    const { recall, f1 } = measure(contestant, examples);
    return `${recall.toFixed(3)} / ${f1.toFixed(3)}`;
  });
  return `| ${[name, examples.length, ...cells].join(' | ')} |`;
}

const sets = readSets();
const folder = process.argv[2];
const all = sets.flatMap(({ heldOut }) => heldOut);
const lines = [
  '| Set | Sentences | LOCAL | vader-sentiment 1.1.3 | sentiment 5.0.2 |',
  '| --- | --- | --- | --- | --- |',
  ...sets.map(({ name, heldOut }) => row(name, heldOut)),
  row('all ten', all),
  ...(folder !== undefined && existsSync(folder) ? [row('tweets (TweetEval, test)', readTweets(folder))] : []),
];
process.stdout.write(`Macro-averaged recall / F1 of three classes\n\n${lines.join('\n')}\n\n`);

for (const [name, contestant] of Object.entries(contestants)) {
  const startedAt = performance.now();
  for (let round = 0; round < speedRounds; round += 1) for (const { text } of all) contestant(text);
  const microseconds = ((performance.now() - startedAt) / (speedRounds * all.length)) * 1_000;
  process.stdout.write(`${name}: ${microseconds.toFixed(0)} microseconds a sentence\n`);
}

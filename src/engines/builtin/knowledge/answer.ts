import { z } from 'zod';
import type { Confidence } from '../confidence.ts';
import { say, type Script } from '../script.ts';

/** What `search_knowledge` answers with. */
const found = z.object({ results: z.array(z.object({ number: z.int(), document: z.string(), place: z.string(), text: z.string() })) });
type Passage = z.infer<typeof found>['results'][number];

/** A sentence of a passage, and how much of the question it has. */
interface Candidate {
  readonly text: string;
  readonly passage: Passage;
  readonly words: ReadonlySet<string>;
  readonly score: number;
}

const mostSentences = 4;
const longestSentence = 400;
/** Words that are in every text. */
const common: ReadonlySet<string> = new Set(
  'a an and are as at be been but by can could did do does for from had has have he her his how i if in is it its me my of on or our she should so than that the their them there these they this to was we were what when where which who whom why will with would you your'.split(
    ' ',
  ),
);

/** The words of a text that say something, each cut to what its forms have in common. */
function wordsOf(text: string): ReadonlySet<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return new Set(words.filter((word) => word.length > 1 && !common.has(word)).map((word) => word.replace(/(?:ing|ies|es|ed|s|y)$/u, '').slice(0, 8) || word));
}

const segmenter = new Intl.Segmenter('und', { granularity: 'sentence' });

function candidatesOf(passages: readonly Passage[], asked: ReadonlySet<string>): readonly Candidate[] {
  return passages.flatMap((passage, place) =>
    passage.text
      .split('\n')
      .flatMap((line) => [...segmenter.segment(line)].map(({ segment }) => segment.trim()))
      .filter((text) => text.length > 3)
      .map((text): Candidate => {
        const words = wordsOf(text);
        const shared = [...asked].filter((word) => words.has(word)).length;
        // What the search found best comes first among equals.
        return { text, passage, words, score: shared / Math.max(1, asked.size) - place * 0.01 };
      }),
  );
}

/** The sentences that together have the most of the question; none that adds nothing. */
function choose(candidates: readonly Candidate[], asked: ReadonlySet<string>): readonly Candidate[] {
  const covered = new Set<string>();
  const chosen: Candidate[] = [];
  for (const candidate of candidates.toSorted((one, other) => other.score - one.score)) {
    const adds = [...asked].some((word) => candidate.words.has(word) && !covered.has(word));
    if (chosen.length >= mostSentences || chosen.some(({ text }) => text === candidate.text) || (chosen.length > 0 && !adds)) continue;
    chosen.push(candidate);
    for (const word of candidate.words) covered.add(word);
  }
  return chosen;
}

const shown = (text: string): string => (text.length > longestSentence ? `${text.slice(0, longestSentence).toWellFormed()}…` : text).replaceAll(/\s+/g, ' ');

/**
 * Answers a question out of the knowledge bases of the conversation, in the sentences of the documents and with their numbers. The confidence is
 * how much of the question these have, and never high: sentences that have its words need not answer it.
 */
export function* answerKnowledge(question: string, confidence: Confidence): Script {
  const [outcome] = yield { type: 'call', calls: [{ name: 'search_knowledge', arguments: { query: question.slice(0, 1_000) } }] };
  if (outcome === undefined || outcome.isError) {
    confidence.value = 0;
    return yield* say(`The knowledge bases could not be searched: ${outcome?.content ?? 'no answer came'}`);
  }
  const { results } = found.catch({ results: [] }).parse(JSON.parse(outcome.content));
  const asked = wordsOf(question);
  const chosen = choose(candidatesOf(results, asked), asked);
  const covered = [...asked].filter((word) => chosen.some(({ words }) => words.has(word))).length / Math.max(1, asked.size);
  if (chosen.length === 0 || covered === 0) {
    confidence.value = 0.1;
    const near = results.slice(0, 3).map(({ number, document, place }) => `- ${document}${place === '' ? '' : `, ${place}`} [${number}]`);
    const nearest = near.length === 0 ? '' : `\n\nNearest in meaning are:\n\n${near.join('\n')}`;
    return yield* say(`I found nothing in the knowledge bases that has the words of this question.${nearest}`);
  }
  confidence.value = Math.round(covered * 70) / 100;
  const lines = chosen.map(({ text, passage }) => `- ${shown(text)} [${passage.number}]`);
  yield* say(
    `The documents say:\n\n${lines.join('\n')}\n\n*No language model is connected: these are sentences of the documents, chosen by the words of the question.*`,
  );
}

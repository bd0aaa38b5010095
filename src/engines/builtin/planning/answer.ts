import type { Confidence } from '../confidence.ts';
import { say, type Script } from '../script.ts';
import { planWeek } from './plan-week.ts';
import { reviewDay, summariseWeek } from './reviews.ts';

const week = String.raw`(?:(?:my|the|this|next|last|coming|whole)\s+)*week`;
const day = String.raw`(?:(?:my|the)\s+)?(?:day|today|yesterday)`;

const shapes: readonly { readonly pattern: RegExp; readonly answer: (question: string, confidence: Confidence) => Script }[] = [
  {
    pattern: new RegExp(
      String.raw`\b(?:sum(?:marise|marize|mary)?(?:\s+up)?|review|recap)\b[^.?!]*\b${week}\b|\bhow (?:was|did|is|has)\b[^.?!]*\b${week}\b`,
      'i',
    ),
    answer: (question, confidence) => summariseWeek(/\blast\b/i.test(question) ? 'last week' : 'this week', confidence),
  },
  {
    pattern: new RegExp(String.raw`\b(?:review|sum(?:marise|marize|mary)?(?:\s+up)?|recap)\b[^.?!]*\b${day}\b|\bhow (?:was|did|is)\b[^.?!]*\b${day}\b`, 'i'),
    answer: (question, confidence) => reviewDay(/\byesterday\b/i.test(question) ? 'yesterday' : 'today', confidence),
  },
  {
    pattern: new RegExp(String.raw`\b(?:plan|draft|organi[sz]e|schedule|fill|arrange)\b[^.?!]*\b${week}\b`, 'i'),
    answer: (question, confidence) => planWeek(/\bnext\b/i.test(question) ? 'next week' : 'this week', confidence),
  },
];

const help = [
  'No language model is connected here, so I plan by rules. I can do this:',
  '- **Plan my week** (or *next week*): a draft from what is overdue, open and unplanned, by priority and goals, within the capacity of each day.',
  '- **Review my day** (or *yesterday*): what was done, skipped and left.',
  '- **Summarise my week** (or *last week*): the same for a week, by day and by goal.',
  '',
  'I only propose changes; you apply what you like, and can undo it. With a model connected you can ask in any words.',
].join('\n');

/** Answers a question in a conversation about goals and plans, by rules. */
export function* answerPlanning(question: string, confidence: Confidence): Script {
  const shape = shapes.find(({ pattern }) => pattern.test(question));
  if (shape !== undefined) return yield* shape.answer(question, confidence);
  confidence.value = 0.1;
  yield* say(help);
}

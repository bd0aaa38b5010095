import type { Confidence } from '../confidence.ts';
import { present, say, type Script } from '../script.ts';
import { capital, counted, named, number, quoted } from '../words.ts';

/** Answers a question by the SQL that a person has verified for it. */
export function* answerVerified(verified: { readonly question: string; readonly sql: string }, confidence: Confidence): Script {
  yield* say(`You have verified the SQL of this question, "${quoted(verified.question)}", so I ran it as it is.\n\n`);
  const result = yield* present(capital(verified.question).slice(0, 180), verified.sql);
  const [row] = result?.rows ?? [];
  if (result === null) {
    confidence.value = 0.2;
    return yield* say('It does not run any more: the tables may have changed. Correct it with saveVerifiedQuery, or delete it.');
  }
  if (row === undefined) return yield* say('It gives no rows.');
  const [column, ...others] = result.columns;
  if (result.rowCount > 1 || others.length > 0 || column === undefined) return yield* say(`It gives ${counted(result.rowCount, 'row')}.`);
  const amount = row.number(column);
  return yield* say(`The ${named(column)} is ${amount === null ? quoted(row.text(column) ?? 'missing') : number(amount)}.`);
}

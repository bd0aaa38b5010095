import { mainTable } from '../analysis/overview.ts';
import { spacedName, type Column, type Table } from '../column.ts';
import type { Script } from '../script.ts';
import { followUp, mayFollow } from './follow-up.ts';
import { joinableTables, isJoined } from './join.ts';
import { lookUpValues } from './lookup.ts';
import { parseQuestion, readWords } from './parse.ts';
import type { Question } from './question.ts';
import { readWish } from './wishes.ts';

/** How many things said before are read again to understand the last one. */
const longestChain = 6;

/** Below this, more of a question was not understood than was. */
export const leastConfidence = 0.4;

/** Reads the last of some questions, with those before it where it builds on them; null when it asks nothing that is known. */
export function* readConversation(tables: readonly Table[], questions: readonly string[]): Script<Question | null> {
  const choices = [...tables, ...joinableTables(tables)];
  const last = questions.at(-1) ?? '';
  const alone = yield* readAlone(choices, tables, last);
  if (!leans(last)) return alone;
  // Back to the last question that leans on nothing and was understood; what was not understood is passed over.
  const chain: (readonly [asked: string, alone: Question | null])[] = [[last, alone]];
  for (const asked of questions.slice(0, -1).toReversed().slice(0, longestChain)) {
    const read: Question | null = yield* readAlone(choices, tables, asked);
    chain.unshift([asked, read]);
    if (read !== null && !leans(asked) && read.confidence >= leastConfidence) break;
  }
  let base: Question | null = null;
  for (const [asked, own] of chain) {
    const changed: Question | null = base === null ? null : yield* readChange(base, asked, own);
    const read: Question | null = changed ?? own;
    if (asked === last && own === alone) return read;
    if (read !== null && read.confidence >= leastConfidence) base = read;
  }
  return alone;
}

function leans(question: string): boolean {
  const { rest, kind } = readWish(question);
  return kind !== null || mayFollow(rest);
}

function* readAlone(choices: readonly Table[], tables: readonly Table[], asked: string): Script<Question | null> {
  const { rest, kind } = readWish(asked);
  const table = chooseTable(choices, tables, rest === '' ? asked : rest);
  const question = parseQuestion(table, rest, yield* lookUpValues(readWords(table, rest, [])));
  return question === null ? null : { ...question, wish: kind };
}

function* readChange(base: Question, asked: string, alone: Question | null): Script<Question | null> {
  const { rest, kind } = readWish(asked);
  const reading = readWords(base.table, rest, yield* lookUpValues(readWords(base.table, rest, [])));
  return followUp(base, rest, reading, kind, alone);
}

/** Another table that has the column which words of a question name, where this one has not: no key joins the two. */
export function homeOf(tables: readonly Table[], question: Question): { readonly table: Table; readonly column: Column } | null {
  const isHere = (words: string): boolean => readWords(question.table, words, []).columns.some(({ score }) => score >= 0.95);
  const elsewhere = question.leftOut.filter((words) => !isHere(words));
  for (const table of tables) {
    if (table === question.table || (isJoined(question.table) && (question.table.join.left === table || question.table.join.right === table))) continue;
    for (const words of elsewhere) {
      const [mention] = readWords(table, words, []).columns;
      if (mention !== undefined && mention.score >= 0.95) return { table, column: mention.column };
    }
  }
  return null;
}

/** The table that a question is about: named, or with the columns that it names, or the one with most to tell. */
export function chooseTable(choices: readonly Table[], tables: readonly Table[], text: string): Table {
  const main = mainTable(tables);
  const [best] = choices
    .map((table) => {
      const { columns, filters, tokens } = readWords(table, text, []);
      const isNamed = (name: string): boolean =>
        tokens.some(
          (token, index) =>
            // "By product": there it is the column.
            !columns.some((mention) => index >= mention.start && index < mention.end) &&
            ([token.text, token.stem].includes(name.toLowerCase()) || `${token.text}s` === name.toLowerCase()),
        );
      const name = isJoined(table) ? table.join.left.name : table.name;
      // "Items" are rather those of "plan_items" than anything else.
      const nameBonus = isNamed(name) ? 2 : isNamed(spacedName(name).split(' ').at(-1) ?? name) ? 1 : 0;
      // A join is worth its trouble only where it knows a column more.
      const bonus = nameBonus + (table === main || (isJoined(table) && table.join.left === main) ? 0.1 : 0) - (isJoined(table) ? 0.1 : 0);
      return { table, score: bonus + columns.reduce((sum, mention) => sum + mention.score, 0) + filters.length };
    })
    .toSorted((left, right) => right.score - left.score);
  if (best === undefined) throw new Error('a session without tables is answered before');
  return best.table;
}

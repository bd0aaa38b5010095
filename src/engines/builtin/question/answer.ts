import { analyseData } from '../analysis/analyse.ts';
import { mainTable } from '../analysis/overview.ts';
import { readTable, type Table } from '../column.ts';
import type { Confidence } from '../confidence.ts';
import { describeData, say, type Script } from '../script.ts';
import { named, quoted } from '../words.ts';
import { answerAggregate, answerGroup, answerShare, answerTop } from './answer-values.ts';
import { answerColumns, answerDistinct, answerDistribution, answerDuplicates, answerMissing, answerRows } from './answer-looks.ts';
import { answerCompare } from './answer-compare.ts';
import { answerCorrelation, answerCorrelations, answerOutliers, answerTime } from './answer-relations.ts';
import { nearestQuestions, starterQuestions } from './catalogue.ts';
import { lookUpValues } from './lookup.ts';
import { parseQuestion, readWords } from './parse.ts';
import { readingSentence, type Question } from './question.ts';

/** Below this, more of a question was not understood than was. */
const leastConfidence = 0.4;

/** Answers a question about the data by rules, or says that it is not understood and which ones are. */
export function* answerQuestion(text: string, confidence: Confidence): Script {
  const description = yield* describeData();
  const tables = description?.tables.map(readTable) ?? [];
  if (tables.length === 0) {
    confidence.value = 0;
    return yield* say(
      description === null
        ? 'The data could not be read just now. Please try again.'
        : 'There is no table in this session yet. Upload a CSV or Parquet file, and ask again.',
    );
  }
  const table = chooseTable(tables, text);
  const looked = yield* lookUpValues(readWords(table, text, []));
  const question = parseQuestion(table, text, looked);
  if (question === null || question.confidence < leastConfidence) {
    confidence.value = 0.1;
    return yield* notUnderstood(table, text);
  }
  confidence.value = question.confidence;
  const isAboutData = question.intent.kind !== 'help' && question.intent.kind !== 'analyse';
  if (!isAboutData) return yield* answerIntent(question);
  const unknown = readWords(table, text, looked).unknown;
  yield* say(readingSentence(question));
  if (unknown.length > 0) yield* say(`I did not understand ${unknown.map((token) => `"${quoted(token.text)}"`).join(', ')} and went on without.\n\n`);
  if (table.rowCount === 0) return yield* say(`${named(table.name)} has no rows, so there is nothing to count or to compare.`);
  return yield* answerIntent(question);
}

function* answerIntent(question: Question): Script {
  const { intent } = question;
  switch (intent.kind) {
    case 'help':
      return yield* help(question.table);
    case 'analyse':
      return yield* analyseData();
    case 'missing':
      return yield* answerMissing(question);
    case 'columns':
      return yield* answerColumns(question);
    case 'duplicates':
      return yield* answerDuplicates(question);
    case 'rows':
      return yield* answerRows(question, intent.limit);
    case 'distinct':
      return yield* answerDistinct(question, intent.column);
    case 'distribution':
      return yield* answerDistribution(question, intent.column);
    case 'correlation':
      return yield* answerCorrelation(question, intent.left, intent.right);
    case 'correlations':
      return yield* answerCorrelations(question);
    case 'outliers':
      return yield* answerOutliers(question, intent.column);
    case 'time':
      return yield* answerTime(question, intent);
    case 'aggregate':
      return yield* answerAggregate(question, intent.aggregate, intent.measure);
    case 'group':
      return yield* answerGroup(question, intent);
    case 'top':
      return yield* answerTop(question, intent);
    case 'compare':
      return yield* answerCompare(question, intent.by);
    case 'share':
      return yield* answerShare(question, intent.of);
    default:
      return intent satisfies never;
  }
}

/** The table that a question is about: named, or with the columns that it names, or the one with most to tell. */
function chooseTable(tables: readonly Table[], text: string): Table {
  const main = mainTable(tables);
  const [best] = tables
    .map((table) => {
      const { columns, filters, tokens } = readWords(table, text, []);
      const isNamed = tokens.some((token) => token.stem === table.name.toLowerCase() || token.text === table.name.toLowerCase());
      return { table, score: (isNamed ? 2 : 0) + columns.reduce((sum, mention) => sum + mention.score, 0) + filters.length + (table === main ? 0.1 : 0) };
    })
    .toSorted((left, right) => right.score - left.score);
  if (best === undefined) throw new Error('a session without tables is answered before');
  return best.table;
}

function* help(table: Table): Script {
  yield* say(
    `I answer questions about ${named(table.name)} by rules and SQL, without a language model. For example:\n\n${starterQuestions(table, [])
      .map((question) => `- ${question}\n`)
      .join('')}- Analyse the data\n`,
  );
}

function* notUnderstood(table: Table, text: string): Script {
  const nearest = nearestQuestions(table, text);
  yield* say(
    `I do not understand this question: I am a rule-based analyst, and no language model is connected. Questions near to yours that I can answer:\n\n${nearest.map((question) => `- ${question}\n`).join('')}`,
  );
}

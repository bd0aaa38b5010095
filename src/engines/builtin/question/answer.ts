import { normalQuestion } from '../../../base/normal-question.ts';
import { analyseData } from '../analysis/analyse.ts';
import { readTable, type Table } from '../column.ts';
import type { Confidence } from '../confidence.ts';
import { describeData, say, type Script } from '../script.ts';
import { named, quoted } from '../words.ts';
import { answerAggregate, answerGroup, answerShare, answerTop } from './answer-values.ts';
import { answerColumns, answerDistinct, answerDistribution, answerDuplicates, answerMissing, answerRows } from './answer-looks.ts';
import { answerCompare } from './answer-compare.ts';
import { answerCorrelation, answerCorrelations, answerOutliers } from './answer-relations.ts';
import { answerSpread } from './answer-spread.ts';
import { answerTime } from './answer-time.ts';
import { answerVerified } from './answer-verified.ts';
import { nearestQuestions, starterQuestions } from './catalogue.ts';
import { chooseTable, homeOf, leastConfidence, readConversation } from './conversation.ts';
import { checkJoin, isJoined } from './join.ts';
import { readingSentence, type Question } from './question.ts';

/**
 * Answers a question about the data by rules, or says that it is not understood and which ones are.
 *
 * @param questions what the person said in this conversation, oldest first; the last is to be answered
 */
export function* answerQuestion(questions: readonly string[], confidence: Confidence): Script {
  const text = questions.at(-1) ?? '';
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
  const verified = description?.verifiedQueries?.find((one) => normalQuestion(one.question) === normalQuestion(text));
  if (verified !== undefined) return yield* answerVerified(verified, confidence);
  const question = yield* readConversation(tables, questions);
  if (question === null || question.confidence < leastConfidence) {
    confidence.value = 0.1;
    return yield* notUnderstood(question?.table ?? chooseTable(tables, tables, text), text);
  }
  confidence.value = question.confidence;
  const { table } = question;
  const isAboutData = question.intent.kind !== 'help' && question.intent.kind !== 'analyse';
  if (!isAboutData) return yield* answerIntent(question);
  yield* say(readingSentence(question));
  if (question.leftOut.length > 0)
    yield* say(`I did not understand ${question.leftOut.map((words) => `"${quoted(words)}"`).join(', ')} and went on without.\n\n`);
  const home = homeOf(tables, question);
  if (home !== null) {
    confidence.value = 0.1;
    return yield* say(
      `${named(home.column.name)} is a column of ${named(home.table.name)}, and no shared key that stands in one row of the one table at most joins it with ${named(table.name)}: rows would be counted twice. So I cannot answer that.`,
    );
  }
  if (table.rowCount === 0) return yield* say(`${named(table.name)} has no rows, so there is nothing to count or to compare.`);
  if (isJoined(table)) {
    const { isSound, text: told } = yield* checkJoin(table);
    yield* say(told);
    if (!isSound) {
      confidence.value = 0.1;
      return;
    }
  }
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
    case 'spread':
      return yield* answerSpread(question, intent.column, intent.by);
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

import type { Hint } from './hints.ts';

const shownCandidates = 4;

/**
 * What may help with a call that does not fit any form of its function or operator.
 *
 * @param message DuckDB's words, with the forms that there are
 */
export function callHint(message: string): Hint {
  const call = /argument types '([^']+)'|function call "([^"]+)"/.exec(message);
  const [, name = '', types = ''] = /^([^(]+)\((.*)\)$/s.exec(call?.[1] ?? call?.[2] ?? '') ?? [];
  const isOperator = !/\w/.test(name);
  const [sentence = ''] = message.split(/\n\s*Candidate functions:/);
  const forms = [...message.matchAll(/^\t+(\S+\(.*)$/gm)].map((match) => match[1] ?? '');
  // Operators have dozens of forms; a function's tell how it is called.
  const shown = isOperator || forms.length === 0 ? '' : ` It is called as ${forms.slice(0, shownCandidates).join(' | ')}.`;
  return {
    message: `${sentence.replace(/ (?:You might need to add|In order to select one, please add) explicit type casts\.?/, '')}${shown}`,
    advice: castAdvice(isOperator ? `The operator ${operatorName(name)}` : `The function ${name}`, types, forms),
  };
}

/** How DuckDB calls what people write otherwise. */
function operatorName(name: string): string {
  return { '~~': 'LIKE', '!~~': 'NOT LIKE', '~~*': 'ILIKE', '!~~*': 'NOT ILIKE' }[name] ?? name;
}

function castAdvice(subject: string, types: string, forms: readonly string[]): string {
  const isText = (type: string): boolean => type === 'VARCHAR' || type === 'STRING_LITERAL';
  if (subject === 'The function count') return 'It counts one value: count(DISTINCT (a, b)) counts pairs.';
  const given = types.split(', ');
  const takesDates = forms.some((form) => /\((?:VARCHAR, )?(?:DATE|TIMESTAMP)\b/.test(form));
  const takesText = forms.length > 0 && forms.every((form) => form.includes('(VARCHAR'));
  if (takesText && !takesDates && !given.every(isText)) return `${subject} takes text: CAST(column AS VARCHAR).`;
  if (given.some(isText) && takesDates && (!subject.startsWith('The operator') || /DATE|TIMESTAMP/.test(types))) {
    return `${subject} takes a date here, and no text: CAST(column AS DATE), or strptime(column, '%d.%m.%Y') for other notations.`;
  }
  if (given.some(isText)) return `${subject} takes no text here: TRY_CAST(column AS DOUBLE) reads numbers.`;
  return 'Cast the arguments to types that it takes.';
}

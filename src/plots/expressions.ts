import { parseExpression } from 'vega';

import { AppError } from '../base/errors.ts';

/**
 * Functions of the Vega expression language that only compute (https://vega.github.io/vega/docs/expressions/). Left out are those that
 * build long lists (`sequence`, `pad`, `repeat`), read the page (`screen`, `windowSize`), log, or touch data sets and scales.
 */
const pureFunctions = new Set(
  (
    'if isArray isBoolean isDate isDefined isNumber isObject isRegExp isString isValid toBoolean toDate toNumber toString ' +
    'abs acos asin atan atan2 ceil clamp cos exp floor hypot isFinite isNaN log max min pow random round sin sqrt tan ' +
    'date day dayofyear hours milliseconds minutes month now quarter seconds time timezoneoffset utc utcdate utcday utcdayofyear utchours ' +
    'utcmilliseconds utcminutes utcmonth utcquarter utcseconds utcyear week utcweek year datetime dayAbbrevFormat dayFormat format ' +
    'monthAbbrevFormat monthFormat timeFormat timeParse utcFormat utcParse timeOffset utcOffset timeUnitSpecifier ' +
    'parseFloat parseInt indexof lastindexof length lower upper replace slice split substring trim join reverse sort ' +
    'extent inrange lerp peek span luminance contrast rgb hsl lab hcl'
  ).split(' '),
);

/** Names that an expression may read. The rest are signals, which engines have no need of. */
const knownNames = new Set([
  'datum',
  'value',
  'label',
  'index',
  'width',
  'height',
  'parent',
  'NaN',
  'E',
  'LN2',
  'LN10',
  'LOG2E',
  'LOG10E',
  'PI',
  'SQRT1_2',
  'SQRT2',
  'MIN_VALUE',
  'MAX_VALUE',
  'undefined',
]);

/** Property names through which JavaScript reaches constructors and prototypes. */
const forbiddenMembers = new Set(['constructor', 'prototype', '__proto__', '__defineGetter__', '__defineSetter__', '__lookupGetter__', '__lookupSetter__']);

const longestExpression = 1_000;

/**
 * Lets an expression pass when it only computes with the row that it is given.
 *
 * @param text the expression
 * @param where its place in the specification, for the message
 * @param parameters names of the parameters that the specification defines
 * @throws AppError PLOT_INVALID when it does not parse, or names a function or variable outside the list
 */
export function checkExpression(text: string, where: string, parameters: ReadonlySet<string>): void {
  if (text.length > longestExpression) {
    throw new AppError(
      'PLOT_INVALID',
      `The expression at ${where} has ${text.length} characters; at most ${longestExpression} are allowed. Compute it in the SQL instead.`,
    );
  }
  let tree: unknown;
  try {
    tree = parseExpression(text);
  } catch (error) {
    throw new AppError('PLOT_INVALID', `The expression "${text}" at ${where} cannot be parsed. Compute it in the SQL instead.`, { cause: error });
  }
  visit(tree, text, where, parameters);
}

function visit(node: unknown, text: string, where: string, parameters: ReadonlySet<string>): void {
  if (Array.isArray(node)) {
    for (const child of node) visit(child, text, where, parameters);
    return;
  }
  if (!isNode(node)) return;
  const refuse = (what: string): never => {
    throw new AppError('PLOT_INVALID', `The expression "${text}" at ${where} uses ${what}, which is not allowed. Compute it in the SQL instead.`);
  };
  if (node.type === 'CallExpression') {
    const name = nameOf(node['callee']);
    if (name === null || !pureFunctions.has(name)) refuse(`the function ${name ?? 'of an object'}`);
    visit(node['arguments'], text, where, parameters);
    return;
  }
  if (node.type === 'MemberExpression') {
    const property = node['property'];
    const name = isNode(property) ? (property.type === 'Literal' ? String(property['value']) : nameOf(property)) : null;
    if (name !== null && forbiddenMembers.has(name)) refuse(`the property ${name}`);
    // A computed name could spell a forbidden one at run time.
    if (node['computed'] === true && !(isNode(property) && property.type === 'Literal')) refuse('a computed property name');
    visit(node['object'], text, where, parameters);
    return;
  }
  if (node.type === 'Identifier') {
    const name = nameOf(node) ?? '';
    if (!knownNames.has(name) && !parameters.has(name)) refuse(`the name ${name}`);
    return;
  }
  for (const [key, child] of Object.entries(node)) {
    if (key === 'key') continue;
    visit(child, text, where, parameters);
  }
}

interface SyntaxNode {
  readonly type: string;
  readonly [key: string]: unknown;
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function nameOf(node: unknown): string | null {
  return isNode(node) && node.type === 'Identifier' && typeof node['name'] === 'string' ? node['name'] : null;
}

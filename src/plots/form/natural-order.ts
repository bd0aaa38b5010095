/** Words that have an order of their own, each list from first to last, in lower case. */
const orders: readonly (readonly string[])[] = [
  ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'],
  ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'],
  ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
  ['spring', 'summer', 'autumn', 'fall', 'winter'],
  ['morning', 'noon', 'afternoon', 'evening', 'night'],
  ['q1', 'q2', 'q3', 'q4'],
  ['xxs', 'xs', 's', 'm', 'l', 'xl', 'xxl', 'xxxl'],
  ['tiny', 'small', 'medium', 'large', 'huge'],
  ['none', 'very low', 'low', 'medium', 'moderate', 'high', 'very high', 'critical'],
  ['very poor', 'poor', 'fair', 'average', 'good', 'very good', 'excellent', 'ideal'],
  ['bad', 'ok', 'good', 'great'],
  ['never', 'rarely', 'sometimes', 'often', 'usually', 'always'],
  ['strongly disagree', 'disagree', 'neutral', 'agree', 'strongly agree'],
  ['very dissatisfied', 'dissatisfied', 'neutral', 'satisfied', 'very satisfied'],
  ['fair', 'good', 'very good', 'premium', 'ideal'],
  ['child', 'teen', 'young adult', 'adult', 'senior'],
  ['primary', 'secondary', 'tertiary'],
  ['elementary', 'middle', 'high school', 'college', 'bachelor', 'master', 'doctorate', 'phd'],
  ['bronze', 'silver', 'gold', 'platinum'],
  ['first', 'second', 'third', 'fourth', 'fifth', 'sixth'],
  ['1st', '2nd', '3rd', '4th', '5th', '6th', '7th', '8th', '9th', '10th'],
  ['before', 'during', 'after'],
];

/**
 * The order that values have by their meaning: months, weekdays, sizes, grades, and numbers or ranges of numbers such as "18-24" and "65+".
 *
 * @param values different texts; "null" stands for a missing one and comes last
 * @returns the same values in their order; null where they have none
 */
export function naturalOrder(values: readonly string[]): readonly string[] | null {
  const named = values.filter((value) => value !== 'null');
  const missing = values.filter((value) => value === 'null');
  if (named.length < 2) return null;
  for (const order of orders) {
    const places = new Map(named.map((value) => [value, order.indexOf(value.trim().toLowerCase())]));
    if (named.every((value) => (places.get(value) ?? -1) >= 0))
      return [...named.toSorted((left, right) => (places.get(left) ?? 0) - (places.get(right) ?? 0)), ...missing];
  }
  const starts = new Map(named.map((value) => [value, startOf(value)]));
  if (!named.every((value) => starts.get(value) != null)) return null;
  return [...named.toSorted((left, right) => (starts.get(left) ?? 0) - (starts.get(right) ?? 0)), ...missing];
}

/** The number at which a value begins: 18 of "18-24", just under 18 of "<18", just over 65 of "> 65"; null for words. */
function startOf(value: string): number | null {
  const found =
    /^\s*(<=?|>=?|under|over|less than|more than|up to|below|above|[$€£])?\s*(-?\d+(?:[.,]\d+)?)\s*(?:(?:-|–|to|\.\.)\s*[$€£]?\d+(?:[.,]\d+)?)?\s*(?:\+|%|[a-z]{1,6})?\s*$/i.exec(
      value,
    );
  if (found === null) return null;
  const number = Number((found[2] ?? '').replace(',', '.'));
  const sign = (found[1] ?? '').toLowerCase();
  return number + (/^(<|under|less|up to|below)/.test(sign) ? -1e-6 : /^(>|over|more|above)/.test(sign) ? 1e-6 : 0);
}

import { singular } from '../words.ts';

/** A word of a question, or a number, or a text in quotes. */
export interface Token {
  readonly kind: 'word' | 'number' | 'quote' | 'sign';
  /** In lower case; of a quote what is inside, as it was written. */
  readonly text: string;
  /** The word without its plural ending. */
  readonly stem: string;
  /** The value of a number; null otherwise. */
  readonly value: number | null;
}

const longestQuestion = 1_000;

const multipliers: Readonly<Record<string, number>> = { k: 1e3, thousand: 1e3, m: 1e6, million: 1e6, mio: 1e6, bn: 1e9, b: 1e9, billion: 1e9 };

const numberWords: Readonly<Record<string, number>> = { one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10, twenty: 20 };

/** Splits a question into its words; underscores and hyphens part words, as in column names. */
export function tokenize(question: string): readonly Token[] {
  const pattern =
    /["“„]([^"“”„]+)["”“]|(\d[\d,]*(?:\.\d+)?)\s?(k|thousand|m|million|mio|bn|b|billion)?(?![\p{L}\p{N}])|([\p{L}\p{N}]+(?:['’][\p{L}]+)?)|(>=|<=|!=|<>|[<>=≥≤])/giu;
  return [...question.slice(0, longestQuestion).matchAll(pattern)].map(([, quote, number, unit, word, sign]): Token => {
    if (quote !== undefined) return { kind: 'quote', text: quote.trim(), stem: quote.trim().toLowerCase(), value: null };
    if (number !== undefined) {
      const value = Number(number.replaceAll(',', '')) * (unit === undefined ? 1 : (multipliers[unit.toLowerCase()] ?? 1));
      return { kind: 'number', text: String(value), stem: String(value), value };
    }
    if (sign !== undefined) return { kind: 'sign', text: sign, stem: sign, value: null };
    const text = (word ?? '').toLowerCase().replace(/['’]s$/, '');
    return { kind: 'word', text, stem: singular(text), value: numberWords[text] ?? null };
  });
}

/** Words that build a question and say nothing about the data. */
const fillers = new Set(
  (
    'a an the this that these those it its is are was were be been do does did doing has have had having can could would should will i me my we us our you your ' +
    'what which who whom whose where when why how there here of in on at to from for with without by per and or as into about than then so if all any some each every ' +
    'please tell show give get find list display let know want see look like need much many data dataset table tables file rows row record records entry entries item items ' +
    'column columns field fields value values number count total sum average mean avg median minimum maximum min max highest lowest largest smallest biggest most least fewest best worst ' +
    'top bottom first last more less over under above below between before after since until during across among within year years month months week weeks day days quarter quarters ' +
    'time trend trends change changes changed share percentage percent proportion fraction compare compared comparison versus vs against difference differences different distribution ' +
    'hottest warmest coldest coolest wettest rainiest driest windiest heaviest lightest cheapest expensive priciest oldest youngest tallest longest shortest fastest slowest richest wealthiest poorest populous running cumulative accumulated moving rolling growth rate increase decrease ' +
    'depend depends connection association influence affect affects ' +
    'one two three four five six seven eight nine ten twenty now instead too well again same mean meant but ok okay however actually rather ascending descending asc desc alphabetical alphabetically reverse reversed ' +
    'include including add drop remove ignore ignoring counting filter filters condition conditions everything trend whole both ' +
    'histogram spread correlation correlated correlate relationship relation related outlier outliers missing null empty distinct unique describe summary summarise summarize analyse analyze ' +
    'overall typical usually usual often only just also still really plot chart graph draw picture made make makes having equal equals not except excluding exclude is develop developed ' +
    'develops evolve evolved grow grown rise fall go goes up down typical per-row occur occurs common frequent rank ranked sort sorted order ordered group grouped split break broken ' +
    'come comes came belong belongs duplicate duplicates duplicated repeated strongest structure schema analysis insights explore overview interesting findings blank preview sample head rated monthly yearly daily weekly quarterly annual annually hourly help hi hello hey use min max observations observation samples sample cases case lines line out get got called named name mean means'
  ).split(' '),
);

/** Whether a word only builds the question. */
export function isFiller(token: Token): boolean {
  return token.kind === 'sign' || fillers.has(token.text) || fillers.has(token.stem);
}

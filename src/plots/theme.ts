/** What a plot is drawn on. */
export type PlotTheme = 'LIGHT' | 'DARK';

/** The colours of a theme. */
export interface ThemeColors {
  readonly background: string;
  readonly ink: string;
  readonly softInk: string;
  readonly gridLine: string;
  /** Marks without a colour of their own. */
  readonly main: string;
  /** Places of a map without a value. */
  readonly empty: string;
  /** Ten colours that stay apart for most colour-blind people (after Tableau 10, Stone 2016), at least 2.7 : 1 against the background, and ten for more. */
  readonly categories: readonly string[];
  /** From little to much. */
  readonly ramp: readonly string[];
}

const light: ThemeColors = {
  background: '#ffffff',
  ink: '#1f2937',
  softInk: '#5b6472',
  gridLine: '#e5e7eb',
  main: '#4c78a8',
  empty: '#e5e7eb',
  categories: [
    '#4c78a8',
    '#e07b00',
    '#3f8f3a',
    '#d1403f',
    '#2f9a94',
    '#a05a94',
    '#a88400',
    '#8a6450',
    '#dd6a9a',
    '#6b6560',
    '#7c9cc4',
    '#b35f00',
    '#6fb26b',
    '#9c2524',
    '#1f6f6b',
    '#c48abb',
    '#7a6000',
    '#b08a75',
    '#a83a68',
    '#938d87',
  ],
  ramp: ['#e3eefa', '#7fb0dc', '#2f6fae', '#0b3f7a'],
};

const dark: ThemeColors = {
  background: '#111827',
  ink: '#e5e7eb',
  softInk: '#a3adba',
  gridLine: '#2c3646',
  main: '#6ea8e0',
  empty: '#2c3646',
  categories: [
    '#6ea8e0',
    '#ff9d4d',
    '#6cc46a',
    '#f2777a',
    '#5fd0c8',
    '#cf9fc6',
    '#e8c84a',
    '#c59a7f',
    '#ff9dbf',
    '#aaa39d',
    '#a9cdf0',
    '#d97a2b',
    '#a3dca1',
    '#d3575a',
    '#a5e6e1',
    '#a873a0',
    '#b89c2c',
    '#e0c2b0',
    '#d4709a',
    '#cfcac6',
  ],
  ramp: ['#1d324f', '#2f6fae', '#7fb0dc', '#d9eafa'],
};

/** The colours of a theme. */
export function colorsOf(theme: PlotTheme): ThemeColors {
  return theme === 'DARK' ? dark : light;
}

/** The signs of the light theme in a specification, which the other theme replaces by its own: paper and ink change places. */
export const paper: string = light.background;
/** See `paper`. */
export const ink: string = light.ink;

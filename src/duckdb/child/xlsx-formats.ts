/** How the number of a cell is shown. */
export type CellFormat =
  | { readonly kind: 'number' | 'date' | 'dateTime' | 'time' }
  /** As many digits as there are zeros in the format: postal codes and other names made of digits. */
  | { readonly kind: 'digits'; readonly count: number };

const number: CellFormat = { kind: 'number' };
const millisecondsPerDay = 86_400_000;

/** The formats that every workbook has without saying so (ECMA-376, part 1, section 18.8.30); 27 to 36 and 50 to 58 are dates of East Asia. */
function builtInFormat(id: number): CellFormat {
  if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id === 36 || (id >= 50 && id <= 54) || id === 57 || id === 58) return { kind: 'date' };
  if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47) || id === 55 || id === 56) return { kind: 'time' };
  return id === 22 ? { kind: 'dateTime' } : number;
}

function customFormat(code: string): CellFormat {
  // Texts, colours, conditions and locales in a code are no marks of time; a bracket around h, m or s is a time that runs past its limit.
  const marks = code
    .split(';', 1)[0]
    ?.replaceAll(/"[^"]*"|\\.|_.|\*./g, '')
    .replaceAll(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '')
    .toLowerCase();
  if (marks === undefined || /general/.test(marks)) return number;
  if (/^0{2,}$/.test(marks)) return { kind: 'digits', count: marks.length };
  const hasDate = /[yd]/.test(marks) || (/m/.test(marks) && !/[hs]/.test(marks));
  const hasTime = /[hs]/.test(marks);
  if (hasDate) return { kind: hasTime ? 'dateTime' : 'date' };
  return hasTime ? { kind: 'time' } : number;
}

/** The format of a style, by the number of its format and the code that the workbook gives for it. */
export function cellFormat(id: number, code: string | undefined): CellFormat {
  return code === undefined ? builtInFormat(id) : customFormat(code);
}

const pad = (value: number): string => String(value).padStart(2, '0');

/** A moment as a serial number of days: since 1899-12-30, or since 1904-01-01 in workbooks of old Macs. */
function momentOf(serial: number, isSince1904: boolean): Date {
  // Excel takes 1900 for a leap year, so the days before its 29 February are one off.
  const days = isSince1904 ? serial + 1_462 : serial < 60 ? serial + 1 : serial;
  // To the millisecond: a fraction of a day is rarely exact.
  return new Date(Date.UTC(1899, 11, 30) + Math.round(days * millisecondsPerDay));
}

function timeText(serial: number): string {
  const seconds = Math.round(serial * 86_400);
  return `${pad(Math.floor(seconds / 3_600))}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
}

/** A number of a cell as text, as a person sees it: dates as ISO, numbers with the 15 digits that Excel shows. */
export function numberText(raw: string, format: CellFormat, isSince1904: boolean): string {
  const value = Number(raw);
  if (raw.trim() === '' || !Number.isFinite(value)) return raw;
  if (format.kind === 'digits') return Number.isInteger(value) && value >= 0 ? String(value).padStart(format.count, '0') : String(value);
  const isDate = (format.kind === 'date' || format.kind === 'dateTime') && value >= 0 && value < 2_958_466;
  if (isDate) {
    const text = momentOf(value, isSince1904).toISOString();
    return format.kind === 'date' ? text.slice(0, 10) : `${text.slice(0, 10)} ${text.slice(11, 19)}`;
  }
  if (format.kind === 'time' && value >= 0) return timeText(value);
  return String(Number(value.toPrecision(15)));
}

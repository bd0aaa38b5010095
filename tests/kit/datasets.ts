import { readFileSync } from 'node:fs';

function quoted(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A dataset of npm's vega-datasets as CSV. */
export function datasetCsv(file: string): string {
  const text = readFileSync(new URL(`../../node_modules/vega-datasets/data/${file}`, import.meta.url), 'utf8');
  if (file.endsWith('.csv')) return text;
  const rows: readonly Record<string, unknown>[] = JSON.parse(text);
  const columns = Object.keys(rows[0] ?? {});
  return [columns.join(','), ...rows.map((row) => columns.map((column) => quoted(row[column])).join(','))].join('\n');
}

/** 406 cars with nine columns. */
export function carsCsv(): string {
  return datasetCsv('cars.json');
}

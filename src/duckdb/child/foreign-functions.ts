/** How DuckDB says what functions of other databases do. */
const translations: Readonly<Record<string, string>> = {
  add_months: "date + INTERVAL '3 months'",
  approx_distinct: 'approx_count_distinct(x)',
  array_join: "array_to_string(list, ', ')",
  charindex: 'position(part IN text)',
  collect_list: 'list(x)',
  collect_set: 'list(DISTINCT x)',
  convert: 'CAST(x AS type)',
  curdate: 'current_date',
  curtime: 'current_time',
  current_database: 'no function; there is one database only',
  date_format: "strftime(date, '%Y-%m-%d')",
  date_parse: "strptime(text, '%Y-%m-%d')",
  dateadd: "date + INTERVAL '1 day'",
  datename: 'dayname(date) or monthname(date)',
  datetime: 'CAST(x AS TIMESTAMP)',
  explode: 'unnest(list)',
  format_date: "strftime(date, '%Y-%m-%d')",
  from_unixtime: 'to_timestamp(seconds)',
  getdate: 'now()',
  iif: 'if(condition, a, b)',
  initcap: 'upper(left(x, 1)) || lower(substr(x, 2))',
  isnull: 'coalesce(x, value), or x IS NULL',
  isnumeric: 'TRY_CAST(x AS DOUBLE) IS NOT NULL',
  json_extract_scalar: "json_extract_string(json, '$.key')",
  json_unquote: "json_extract_string(json, '$.key')",
  julianday: 'julian(date)',
  locate: 'position(part IN text)',
  months_between: "date_diff('month', start, end)",
  nvl: 'coalesce(x, value)',
  nvl2: 'if(x IS NOT NULL, a, b)',
  parse_date: "strptime(text, '%Y-%m-%d')",
  percentile: 'quantile_cont(x, 0.95)',
  percentile_approx: 'approx_quantile(x, 0.95)',
  rand: 'random()',
  regexp_count: 'len(regexp_extract_all(text, pattern))',
  regexp_like: 'regexp_matches(text, pattern)',
  regexp_substr: 'regexp_extract(text, pattern)',
  safe_cast: 'TRY_CAST(x AS type)',
  safe_divide: 'a / nullif(b, 0)',
  size: 'len(list)',
  split: 'string_split(text, separator)',
  stdev: 'stddev(x)',
  str_to_date: "strptime(text, '%d.%m.%Y')",
  sumif: 'sum(x) FILTER (WHERE condition)',
  sysdate: 'now()',
  timestampdiff: "date_diff('day', start, end)",
  to_char: "strftime(date, '%Y-%m-%d') or format('{:.2f}', number)",
  to_date: "strptime(text, '%Y-%m-%d')::DATE",
  to_number: 'TRY_CAST(x AS DOUBLE)',
  unix_timestamp: 'epoch(timestamp)',
  var: 'variance(x)',
  zeroifnull: 'coalesce(x, 0)',
};

/**
 * What to write for a function of another database, or null when it is none that is known.
 *
 * @param name in small letters
 */
export function foreignFunctionHint(name: string): string | null {
  const translation = Object.hasOwn(translations, name) ? translations[name] : undefined;
  return translation === undefined ? null : `DuckDB says ${translation}.`;
}

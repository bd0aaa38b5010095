import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createCountries, type Countries } from '../../base/countries.ts';
import { AppError } from '../../base/errors.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import { channelOf, encodingOf, fieldOf, marksOf, textsOf, type Rows } from '../form/views.ts';
import { isObject } from '../spec-tree.ts';
import type { ThemeColors } from '../theme.ts';

/** The borders of the world, and the countries in them. */
export interface World {
  /** TopoJSON (Natural Earth, 1 : 110 million, by the package `world-atlas`) without Antarctica. */
  readonly topology: JsonObject;
  /** Finds countries by name or code. */
  readonly countries: Countries;
  /** The three digits of the countries that have borders there. */
  readonly drawn: ReadonlySet<string>;
}

/** A plot with its countries on a map. */
export interface Mapped {
  readonly spec: JsonObject;
  readonly rows: Rows;
  readonly notes: readonly string[];
}

/** The column that joins rows with borders. */
const joined = 'country id';
const howTo =
  'A map is one view with "mark": "geoshape", "encoding": { "shape": { "field": <column of country names or ISO codes>, "type": "geojson" }, "color": <a quantitative column> }.';

/** Reads the borders, once in the life of a worker. */
export function readWorld(): World {
  const path = createRequire(import.meta.url).resolve('world-atlas/countries-110m.json');
  const topology: JsonObject = JSON.parse(readFileSync(path, 'utf8'));
  const { countries } = isObject(topology['objects']) ? topology['objects'] : {};
  const geometries = isObject(countries) && Array.isArray(countries['geometries']) ? countries['geometries'].filter((entry: Json) => isObject(entry)) : [];
  const antarctica = '010';
  const kept = geometries.filter((geometry) => geometry['id'] !== antarctica).map(({ properties: _properties, ...geometry }) => geometry);
  return {
    topology: { ...topology, objects: { countries: { type: 'GeometryCollection', geometries: kept } } },
    countries: createCountries(),
    drawn: new Set(kept.flatMap((geometry) => (typeof geometry['id'] === 'string' ? [geometry['id']] : []))),
  };
}

/** Whether a specification asks for a map. */
export function isMap(spec: JsonObject): boolean {
  return marksOf(spec).includes('geoshape');
}

/**
 * Makes a specification that names countries one that draws them: with the borders in it, so that it needs nothing from elsewhere, and with
 * the countries without a value in grey.
 *
 * @param spec a specification of one view with the mark `geoshape` and the channel `shape`
 * @throws AppError PLOT_INVALID when it is another kind of view, or fewer than half of the names are countries
 */
export function onMap(
  spec: JsonObject,
  rows: Rows,
  { topology, countries, drawn }: World,
  { colors, width }: { readonly colors: Pick<ThemeColors, 'empty' | 'background'>; readonly width: number | null },
): Mapped {
  const encoding = encodingOf(spec);
  const field = fieldOf(channelOf(encoding, 'shape'));
  const names = textsOf(rows, field);
  if (spec['mark'] === undefined || field === null || names === null || names.length === 0) throw new AppError('PLOT_INVALID', howTo);
  const ids = new Map(names.map((name) => [name, countries.digitsOf(countries.codeOf(name) ?? '')]));
  const unknown = names.filter((name) => name !== 'null' && countries.codeOf(name) === null);
  if (unknown.length * 2 > names.length) {
    throw new AppError(
      'PLOT_INVALID',
      `${unknown.length} of ${names.length} values of "${field}" are no countries that the map knows, for example "${unknown[0]}". Draw bars instead.`,
    );
  }
  const drawnId = (row: JsonObject): string | null => {
    const id = ids.get(String(row[field])) ?? null;
    return id !== null && drawn.has(id) ? id : null;
  };
  const small = names.filter((name) => countries.codeOf(name) !== null && !drawn.has(ids.get(name) ?? ''));
  const { shape: _shape, ...channels } = encoding;
  const { mark: _mark, encoding: _encoding, height, projection: _projection, ...frame } = spec;
  const world = { name: 'world', format: { type: 'topojson', feature: 'countries' } };
  return {
    spec: {
      ...frame,
      height: width === null ? (height ?? 300) : Math.round(Math.min(420, width * 0.5)),
      projection: { type: 'equalEarth' },
      datasets: { world: topology },
      layer: [
        { data: world, mark: { type: 'geoshape', fill: colors.empty, stroke: colors.background, strokeWidth: 0.5, tooltip: null } },
        {
          transform: [{ lookup: joined, from: { data: world, key: 'id' }, as: 'borders' }, { filter: { not: { field: joined, equal: null } } }],
          mark: { type: 'geoshape', stroke: colors.background, strokeWidth: 0.5 },
          encoding: { ...channels, shape: { field: 'borders', type: 'geojson' } },
        },
      ],
    },
    rows: rows.map((row) => ({ ...row, [joined]: drawnId(row) })),
    notes: [
      ...(unknown.length > 0 ? [`Not on the map, because they are no countries that it knows: ${someOf(unknown)}.`] : []),
      ...(small.length > 0 ? [`Not on the map, because they are too small for it: ${someOf(small)}.`] : []),
    ],
  };
}

function someOf(names: readonly string[]): string {
  return names.length > 10 ? `${names.slice(0, 10).join(', ')} and ${names.length - 10} more` : names.join(', ');
}

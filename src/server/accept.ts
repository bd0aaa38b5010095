/** What a client can read, by its `Accept` header (https://httpwg.org/specs/rfc9110.html#field.accept); weights other than 0 are not told apart. */
export interface Accepted {
  /** The first JSON type that is named, or that is covered by a wildcard; null when JSON cannot be read. */
  readonly json: 'application/json' | 'application/graphql-response+json' | null;
  /** Whether JSON is named, and not only covered by a wildcard. */
  readonly namesJson: boolean;
  /** Whether server-sent events are named. */
  readonly namesEvents: boolean;
  /** Whether it takes whatever comes. */
  readonly takesAnything: boolean;
}

const unnamed: Accepted = { json: 'application/json', namesJson: false, namesEvents: false, takesAnything: true };
const plainJson: Accepted = { json: 'application/json', namesJson: true, namesEvents: false, takesAnything: false };

function typesOf(header: string): readonly string[] {
  return header
    .toLowerCase()
    .split(',')
    .map((range) => range.split(';').map((part) => part.trim()))
    .filter(([, ...parameters]) => !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter) || /^charset=(?!"?utf-?8"?$)/.test(parameter)))
    .map(([type = '']) => type);
}

/** @param header the value of `Accept`; none means that the client takes anything, which is then `application/json` */
export function readAccept(header: string | undefined): Accepted {
  if (header === undefined || header === '*/*') return unnamed;
  if (header === 'application/json') return plainJson;
  const types = typesOf(header);
  const named = types.find((type) => type === 'application/json' || type === 'application/graphql-response+json') ?? null;
  const takesAnything = types.includes('*/*');
  const isCovered = takesAnything || types.includes('application/*');
  return {
    json: named ?? (isCovered ? 'application/json' : null),
    namesJson: named !== null,
    namesEvents: types.includes('text/event-stream'),
    takesAnything,
  };
}

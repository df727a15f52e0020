/**
 * Any explanation: its fields, lists as tables, parts within parts as sections. The words are those of the document, so that the
 * page, `plimsoll explain` and a file that was kept all say the same.
 */
import type { ReactNode } from 'react';
import { routeHash } from '../../app/router.ts';
import { decimal } from '../../ui/format.ts';
import { Level, LEVELS, Side } from '../../ui/level.tsx';

export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };
type Fields = { readonly [name: string]: Value };

/** What is no list and no record, in a word. */
const text = (value: Value): string => (typeof value === 'object' ? '' : String(value));
const isFields = (value: Value): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isList = (value: Value): value is readonly Value[] => Array.isArray(value);
const isPlain = (value: Value): boolean =>
  !isFields(value) && !(isList(value) && value.some((item) => typeof item === 'object'));
/** Small records stand in a cell: `{ price, reason, assumption }`. */
const isSmall = (value: Value): value is Fields =>
  isFields(value) && Object.values(value).every(isPlain) && Object.keys(value).length <= 6;

/** What fits beside each other on a screen and on paper; records with more fields stand one after the other. */
const COLUMNS_MAX = 8;

/** `accruedFunding` reads `accrued funding`. */
export const words = (name: string): string =>
  name
    .replaceAll('_', ' ')
    .replace(/([a-z])([A-Z])/g, (_, end: string, start: string) => `${end} ${start.toLowerCase()}`);

export function DocumentView({
  fields,
  level = 2,
}: {
  readonly fields: Fields;
  readonly level?: 2 | 3;
}): ReactNode {
  const entries = Object.entries(fields);
  const plain = entries.filter(([, value]) => isPlain(value) || isSmall(value));
  const parts = entries.filter(([, value]) => !isPlain(value) && !isSmall(value));
  return (
    <>
      {plain.length === 0 ? null : (
        <dl className={`facts document${plain.length > 6 ? ' many' : ''}`}>
          {plain.map(([name, value]) => (
            <Fact key={name} name={name} value={value} />
          ))}
        </dl>
      )}
      {parts.map(([name, value]) => (
        <Part key={name} name={name} value={value} level={level} />
      ))}
    </>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: Value }): ReactNode {
  return (
    <>
      <dt>{words(name)}</dt>
      <dd className="wrap">
        <Plain name={name} value={value} />
      </dd>
    </>
  );
}

function Part({
  name,
  value,
  level,
}: {
  readonly name: string;
  readonly value: Value;
  readonly level: 2 | 3;
}): ReactNode {
  const Heading = level === 2 ? 'h2' : 'h3';
  const inner = isFields(value) ? (
    <DocumentView fields={value} level={3} />
  ) : isList(value) && value.every(isFields) ? (
    <Rows name={name} rows={value} />
  ) : null;
  return (
    <section className={level === 2 ? 'panel part' : 'part'}>
      <Heading>{words(name)}</Heading>
      {inner}
    </section>
  );
}

/** Records that are plain make a table; records with lists within are shown one after the other. */
function Rows({ name, rows }: { readonly name: string; readonly rows: readonly Fields[] }): ReactNode {
  if (rows.length === 0) return <p className="faint">none</p>;
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const isTable = rows.every((row) => Object.values(row).every((value) => isPlain(value) || isSmall(value)));
  if (!isTable || columns.length > COLUMNS_MAX)
    return rows.map((row, at) => (
      // oxlint-disable-next-line react/no-array-index-key -- a document stands still
      <div key={at} className="one">
        <DocumentView fields={row} level={3} />
      </div>
    ));
  const isNumber = (column: string): boolean =>
    rows.every((row) => /^-?[\d.]*$/.test(text(row[column] ?? '')));
  return (
    <div className="scroller" tabIndex={0} role="group" aria-label={words(name)}>
      <table className="table">
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col" className={isNumber(column) ? 'num' : ''}>
                {words(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            // oxlint-disable-next-line react/no-array-index-key -- a document stands still
            <tr key={at}>
              {columns.map((column) => (
                <td key={column} className={isNumber(column) ? 'num' : ''}>
                  <Plain name={column} value={row[column] ?? null} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const LINKS: Readonly<Record<string, (value: string) => string>> = {
  account: (value) => routeHash(['accounts', value]),
  market: (value) => routeHash(['market', value]),
  order: (value) => routeHash(['explain', 'order', value]),
  trade: (value) => routeHash(['explain', 'trade', value]),
  liquidation: (value) => routeHash(['explain', 'liquidation', value]),
};

function Plain({ name, value }: { readonly name: string; readonly value: Value }): ReactNode {
  if (value === null) return <span className="faint">–</span>;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (isList(value))
    return value.length === 0 ? <span className="faint">none</span> : value.map(String).join(', ');
  if (isFields(value)) return <Small fields={value} />;
  const word = String(value);
  if (LEVELS.some((level) => level === word)) return <Level of={word} />;
  if (word === 'long' || word === 'short') return <Side of={word} />;
  const link = LINKS[name];
  if (link !== undefined) return <a href={link(word)}>{word}</a>;
  if (/^-?\d+(?:\.\d+)?$/.test(word))
    return <span data-exact={word}>{name === 'id' ? word : decimal(word)}</span>;
  if (/^\d{4}-\d\d-\d\dT/.test(word)) return word.replace('T', ' ').replace('Z', ' UTC');
  return /^(?:sha256:|[0-9a-f]{16,})/.test(word) ? <code>{word}</code> : word;
}

function Small({ fields }: { readonly fields: Fields }): ReactNode {
  const { price, reason, assumption } = fields;
  // A price that may not be there says why, and always what it takes as given.
  if (price !== undefined && reason !== undefined)
    return (
      <span title={typeof assumption === 'string' ? `assumes: ${assumption}` : undefined}>
        {price === null ? (
          <span className="faint">{text(reason).replaceAll('_', ' ')}</span>
        ) : (
          <Plain name="price" value={price} />
        )}
      </span>
    );
  return Object.entries(fields).map(([name, value], at) => (
    <span key={name} className="pair">
      {at === 0 ? '' : ' · '}
      <span className="faint">{words(name)}</span> <Plain name={name} value={value} />
    </span>
  ));
}

import { useState, type ReactNode } from 'react';
import { useQuery } from '../../live/query.ts';
import type { AnswerOf, RouteName } from '../../../../src/client/index.ts';
import { lineOf } from '../../../../src/client/calls.ts';
import { decimal } from '../../ui/format.ts';
import { Panel } from '../../ui/panel.tsx';
import { Trouble } from '../../ui/trouble.tsx';
import { DocumentView, words, type Value } from './document.tsx';

export const ABOUTS = ['account', 'order', 'trade', 'liquidation', 'price'] as const;
export type About = (typeof ABOUTS)[number];
type Fields = { readonly [name: string]: Value };

const ROUTES = {
  account: (account: string) => ['explainAccount', { params: { account } }] as const,
  order: (id: string) => ['explainOrder', { params: { id: Number(id) } }] as const,
  trade: (id: string) => ['explainTrade', { params: { id: Number(id) } }] as const,
  liquidation: (id: string) => ['explainLiquidation', { params: { id: Number(id) } }] as const,
  price: (market: string) => ['explainPrice', { params: { market } }] as const,
};

export function Explained({ about, id }: { readonly about: About; readonly id: string }): ReactNode {
  const [name, request] = ROUTES[about](id);
  // An explanation is of one cut and stands still; a new one is asked for by hand.
  const [turn, setTurn] = useState(0);
  return (
    <Once key={turn} name={name} request={request} about={about} id={id} again={() => setTurn(turn + 1)} />
  );
}

interface Props {
  readonly name: Extract<RouteName, `explain${string}`>;
  readonly request: object;
  readonly about: About;
  readonly id: string;
  readonly again: () => void;
}

function Once({ name, request, about, id, again }: Props): ReactNode {
  const { answer, fresh, problem } = useQuery(name, request as never, 0);
  if (problem !== null) return <Trouble of={problem} />;
  const explained: AnswerOf<'explainAccount'> | undefined = answer;
  const document = explained?.data.document as (Fields & { readonly hash: string }) | undefined;
  const json = lineOf(name, request as never).path;
  return (
    <article className="explained">
      <p className="only-print">Plimsoll · {window.location.href}</p>
      <Panel fresh={fresh}>
        <div className="head">
          <div>
            <h2 className="name">
              {about} {id}
            </h2>
            {explained === undefined || document === undefined ? (
              <span className="skeleton wide" />
            ) : (
              <p className="dim">
                As it was after command <span className="n">{decimal(String(explained.cut.sequence))}</span>,{' '}
                {explained.cut.time.replace('T', ' ').replace('Z', ' UTC')}, from{' '}
                {explained.data.source === 'memory'
                  ? 'what the running exchange remembers'
                  : 'all records of the journal'}
                . Equal hashes are equal explanations: <code>{document.hash}</code>
              </p>
            )}
          </div>
          <div className="no-print actions">
            <button type="button" className="button" onClick={() => window.print()}>
              Print
            </button>
            <button
              type="button"
              className="button"
              onClick={() => void navigator.clipboard?.writeText(window.location.href)}
            >
              Copy link
            </button>
            <a className="button" href={json}>
              JSON
            </a>
            <button type="button" className="button" onClick={again}>
              As of now
            </button>
          </div>
        </div>
        {document === undefined ? null : <Verdicts document={document} />}
      </Panel>
      {document === undefined ? null : <DocumentView fields={ordered(document)} />}
    </article>
  );
}

/** Of an account: the inequality that decides, in its own numbers, for each bucket. */
function Verdicts({ document }: { readonly document: Fields }): ReactNode {
  const { buckets } = document;
  if (!Array.isArray(buckets)) return null;
  return (buckets as readonly Readonly<Record<'name' | 'level' | 'inequality', string>>[]).map(
    ({ name, level, inequality }) => (
      <p key={name} className={`inequality level-${level}`}>
        <span className="faint">{words(name)}</span> <strong>{inequality}</strong>{' '}
        <span className="level">{level}</span>
      </p>
    ),
  );
}

/** What it rests on comes after what was decided; the hash stands at the top already. */
const LAST: readonly string[] = ['marks', 'liquidatable', 'asset', 'cut'];

function ordered(document: Fields): Fields {
  const fields = Object.entries(document).filter(([field]) => field !== 'hash');
  return Object.fromEntries(fields.toSorted(([a], [b]) => LAST.indexOf(a) - LAST.indexOf(b)));
}

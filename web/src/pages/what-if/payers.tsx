import type { ReactNode } from 'react';
import type { StressResult } from '../../../../src/client/index.ts';
import { decimal } from '../../ui/format.ts';
import { N } from '../../ui/n.tsx';
import { stepsOf, type Step } from './waterfall.ts';

/** Who pays: in a sentence, as bars, and as the sums of those who are not among the bars. */
export function Payers({
  result,
  asset,
}: {
  readonly result: StressResult | undefined;
  readonly asset: string;
}): ReactNode {
  if (result === undefined) return <div className="waterfall skeleton" />;
  const { waterfall: w } = result;
  const { loss, rescue } = stepsOf(result);
  return (
    <>
      <p className="said">
        Accounts lose <N v={w.lost} as="compact" unit={asset} />. Their own equity pays{' '}
        <N v={w.paid} as="compact" />, the insurance fund <N v={w.fundUsed} as="compact" />, and{' '}
        <N v={w.deleveraged} as="compact" /> is left to be taken from those who win, by deleveraging.
      </p>
      <div className="waterfall">
        <Bars steps={loss} title={`Who loses, ${asset}`} />
        <Bars steps={rescue} title={`What their equity does not cover, ${asset}`} />
      </div>
      <Sum
        title="Insurance fund"
        terms={[
          ['fundBefore', 'now', w.fundBefore, ''],
          ['fundRevalued', 'its own positions', w.fundRevalued, '+'],
          ['fundPays', 'pays', w.fundUsed, '\u2212'],
          [
            'fundAfter',
            Number(w.fundBefore) + Number(w.fundRevalued) < 0 ? 'left: it is exhausted' : 'left',
            w.fundAfter,
            '=',
          ],
        ]}
      />
      <Sum
        title="All accounts"
        terms={[
          ['equityBefore', 'equity now', w.equityBefore, ''],
          ['allLost', 'those who lose', w.lost, '\u2212'],
          ['won', 'those who win', w.won, '+'],
          ['equityAfter', 'equity at the new marks', w.equityAfter, '='],
        ]}
      />
    </>
  );
}

const TALL = 120;

function Bars({ steps, title }: { readonly steps: readonly Step[]; readonly title: string }): ReactNode {
  const top = Math.max(...steps.flatMap(({ from, to }) => [from, to]));
  const y = (value: number): number => (top === 0 ? TALL : ((top - value) / top) * TALL);
  const columns = { gridTemplateColumns: `repeat(${steps.length}, 1fr)` };
  return (
    <figure>
      <figcaption className="faint">{title}</figcaption>
      <div className="bars" aria-hidden="true" style={{ height: TALL, ...columns }}>
        {steps.map(({ id, from, to, tone }) => (
          <i
            key={id}
            style={{
              top: Math.min(y(from), y(to)),
              height: from === to ? 0 : Math.max(1.5, Math.abs(y(from) - y(to))),
              background: `var(--${tone})`,
            }}
          />
        ))}
      </div>
      <dl style={columns}>
        {steps.map(({ id, name, what, value }) => (
          <div key={id} data-stat={id}>
            <dt>{name}</dt>
            <dd title={decimal(value)}>
              <N v={value} as="compact" />
            </dd>
            <dd className="faint">{what}</dd>
          </div>
        ))}
      </dl>
    </figure>
  );
}

/** Of each: where a test finds it, what it is, the amount, and how it goes into the sum. */
type Term = readonly [id: string, name: string, value: string, sign: string];

/** An addition with its terms in a row; a term that is added and below nothing is taken off. */
function Sum({ title, terms }: { readonly title: string; readonly terms: readonly Term[] }): ReactNode {
  return (
    <section className="sum" aria-label={title}>
      <h3>{title}</h3>
      <dl>
        {terms.map(([id, name, value, sign]) => {
          const isTaken = sign === '+' && value.startsWith('-');
          return (
            <div key={id} data-stat={id}>
              <dt>{name}</dt>
              <dd>
                <span className="faint">{isTaken ? '\u2212' : sign}</span>{' '}
                <N v={isTaken ? value.slice(1) : value} as="compact" />
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}

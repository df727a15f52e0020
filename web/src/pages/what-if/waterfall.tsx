import type { ReactNode } from 'react';
import type { StressResult } from '../../../../src/client/index.ts';
import { compact, decimal } from '../../ui/format.ts';
import { N } from '../../ui/n.tsx';

interface Step {
  readonly id: string;
  readonly name: string;
  readonly what: string;
  readonly value: string;
  readonly from: number;
  readonly to: number;
  readonly tone: string;
}

/** Where each bar hangs: what is left of what stood before it. */
export function stepsOf({ waterfall: w }: StressResult): {
  readonly equity: readonly Step[];
  readonly rescue: readonly Step[];
} {
  const [before, after, deficit, used, left] = [
    w.equityBefore,
    w.equityAfter,
    w.deficit,
    w.fundUsed,
    w.deleveraged,
  ].map(Number);
  return {
    equity: [
      {
        id: 'equityBefore',
        name: 'Equity before',
        what: 'all accounts',
        value: w.equityBefore,
        from: 0,
        to: before,
        tone: 'dim',
      },
      {
        id: 'loss',
        name: 'Change',
        what: 'at the new marks',
        value: w.loss,
        from: before,
        to: after,
        tone: after < before ? 'loss' : 'gain',
      },
      {
        id: 'equityAfter',
        name: 'Equity after',
        what: 'all accounts',
        value: w.equityAfter,
        from: 0,
        to: after,
        tone: 'dim',
      },
    ],
    rescue: [
      {
        id: 'deficit',
        name: 'Deficit',
        what: 'owed beyond equity',
        value: w.deficit,
        from: 0,
        to: deficit,
        tone: 'liquidatable',
      },
      {
        id: 'fundUsed',
        name: 'Fund pays',
        what: `of ${compact(w.fundBefore)}`,
        value: w.fundUsed,
        from: deficit,
        to: deficit - used,
        tone: 'safe',
      },
      {
        id: 'deleveraged',
        name: 'Deleveraged',
        what: 'closed against others',
        value: w.deleveraged,
        from: 0,
        to: left,
        tone: 'backstop',
      },
    ],
  };
}

/** Two scales, because a deficit that matters is small beside all equity. */
export function Waterfall({
  result,
  asset,
}: {
  readonly result: StressResult | undefined;
  readonly asset: string;
}): ReactNode {
  if (result === undefined) return <div className="waterfall skeleton" />;
  const { equity, rescue } = stepsOf(result);
  return (
    <div className="waterfall">
      <Steps steps={equity} title={`Equity, ${asset}`} />
      <Steps steps={rescue} title={`What equity did not cover, ${asset}`} />
    </div>
  );
}

const TALL = 120;

function Steps({ steps, title }: { readonly steps: readonly Step[]; readonly title: string }): ReactNode {
  const top = Math.max(0, ...steps.flatMap(({ from, to }) => [from, to]));
  const foot = Math.min(0, ...steps.flatMap(({ from, to }) => [from, to]));
  const y = (value: number): number => (top === foot ? TALL : ((top - value) / (top - foot)) * TALL);
  return (
    <figure>
      <figcaption className="faint">{title}</figcaption>
      <div className="bars" aria-hidden="true" style={{ height: TALL }}>
        {steps.map(({ name, from, to, tone }) => (
          <i
            key={name}
            style={{
              top: Math.min(y(from), y(to)),
              height: Math.max(1.5, Math.abs(y(from) - y(to))),
              background: `var(--${tone})`,
            }}
          />
        ))}
      </div>
      <dl>
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

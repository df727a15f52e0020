import type { ReactNode } from 'react';
import type { Freshness } from '../live/freshness.ts';
import type { Style } from './n.tsx';
import { Old } from './panel.tsx';
import { Trend } from './trend.tsx';

interface Props {
  readonly label: string;
  /** The question that the number answers; shown when one rests on it. */
  readonly question?: string;
  readonly value: ReactNode;
  readonly note?: ReactNode;
  readonly history?: readonly number[] | undefined;
  /** How numbers of the history are said. */
  readonly as?: Style;
  readonly tone?: string | undefined;
  readonly fresh?: Freshness | undefined;
  readonly small?: boolean;
  readonly id?: string;
}

export function Stat({
  label,
  question,
  value,
  note,
  history,
  as,
  tone,
  fresh,
  small = false,
  id,
}: Props): ReactNode {
  return (
    <div className={`panel stat${small ? ' small' : ''}`} data-freshness={fresh?.state} data-stat={id}>
      <div className="label" title={question}>
        <span>{label}</span> <Old fresh={fresh} isShort />
      </div>
      <div className="value">{value}</div>
      <div className="note">{note ?? '\u00a0'}</div>
      {history === undefined ? null : <Trend of={history} what={label} as={as} tone={tone} />}
    </div>
  );
}

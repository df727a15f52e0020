import type { ReactNode } from 'react';
import type { Freshness } from '../live/freshness.ts';
import { age } from './format.ts';

interface Props {
  readonly title?: string | undefined;
  readonly tools?: ReactNode;
  /** Of what is shown in it: marks every number inside as old where it is. */
  readonly fresh?: Freshness | undefined;
  readonly flush?: boolean | undefined;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

export function Panel({ title, tools, fresh, flush = false, className = '', children }: Props): ReactNode {
  return (
    <section className={`panel ${className}`} data-freshness={fresh?.state} aria-label={title}>
      {title === undefined && tools === undefined ? null : (
        <header>
          {title === undefined ? null : <h2>{title}</h2>}
          <Old fresh={fresh} />
          {tools}
        </header>
      )}
      <div className={flush ? 'flush' : 'body'}>{children}</div>
    </section>
  );
}

/** Says that numbers are old, and how old; nothing while they are not. `isShort`: beside a name that needs the room. */
export function Old({
  fresh,
  isShort = false,
}: {
  readonly fresh: Freshness | undefined;
  readonly isShort?: boolean;
}): ReactNode {
  if (fresh === undefined || fresh.state === 'live' || fresh.state === 'loading') return null;
  const text = fresh.ageSeconds === null ? 'no data yet' : `${age(fresh.ageSeconds)} old`;
  return (
    <span className={`chip ${fresh.state === 'stale' ? 'held' : 'bad'}`} title={text}>
      {isShort ? text.replace(/ old$/, '') : text}
    </span>
  );
}

export function Empty({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ReactNode;
}): ReactNode {
  return (
    <div className="empty">
      <strong>{title}</strong>
      {children}
    </div>
  );
}

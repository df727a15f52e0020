import type { ReactNode } from 'react';
import { routeHash } from '../../app/router.ts';
import { useChannel } from '../../live/channel.ts';
import { BoxedFact } from '../../ui/fact.tsx';
import { clock } from '../../ui/format.ts';
import { N } from '../../ui/n.tsx';
import { Panel } from '../../ui/panel.tsx';

/** Where a price came from, and what it is good for. */
export function Source({ market }: { readonly market: string }): ReactNode {
  const { data, fresh } = useChannel('market', market);
  const { price, quality } = data?.summary ?? {};
  const text = (words: string | undefined): ReactNode =>
    words === undefined ? <N v={undefined} /> : words.replaceAll('_', ' ');
  return (
    <Panel
      title="Source and quality of the price"
      fresh={fresh}
      flush
      tools={
        <a className="dim" href={routeHash(['explain', 'price', market])}>
          Explain this price
        </a>
      }
    >
      <dl className="strip">
        <BoxedFact name="quality" value={text(quality?.quality)} />
        <BoxedFact name="good to" value={text(quality && (quality.allows.join(', ') || 'nothing'))} />
        <BoxedFact
          name="since, UTC"
          value={text(quality && (quality.since === null ? 'the start' : clock(quality.since)))}
        />
        <BoxedFact name="the source said" value={text(quality && (quality.text ?? 'nothing'))} />
        <BoxedFact name="held against" value={<N v={quality?.reference} none="no reference price" />} />
        <BoxedFact name="came with command" value={<N v={price?.sequence} as="count" />} />
        <BoxedFact
          name="at, UTC"
          value={text(price && (price.time === null ? '\u2013' : clock(price.time)))}
        />
      </dl>
    </Panel>
  );
}

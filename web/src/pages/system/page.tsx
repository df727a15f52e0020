import type { ReactNode } from 'react';
import { useChannel } from '../../live/channel.ts';
import { useNow } from '../../live/clock.ts';
import { Fact } from '../../ui/fact.tsx';
import { age, bytes, clock, duration } from '../../ui/format.ts';
import { N } from '../../ui/n.tsx';
import { Empty, Panel } from '../../ui/panel.tsx';
import { Stat } from '../../ui/stat.tsx';
import { Load } from './load.tsx';

/** Whether the machinery is well: engine, replica, checker, journal, and those who listen. */
export function Page(): ReactNode {
  const { data, fresh, cut } = useChannel('system');
  const now = useNow();
  const { engine, replica, checker, journal, stream } = data ?? {};
  return (
    <div className="stack">
      <div className="grid even">
        <div className="c3">
          <Stat
            id="commands"
            label="Commands"
            question="How many commands has the engine done?"
            fresh={fresh}
            value={<N v={engine?.commands} as="count" />}
            note={
              <>
                <N v={engine?.commandsPerSecond} as="count" /> a second
              </>
            }
          />
        </div>
        <div className="c3">
          <Stat
            id="behind"
            label="Replica behind"
            question="How many commands has the engine done that this page cannot show yet?"
            fresh={fresh}
            value={<N v={replica?.behind} as="count" unit="commands" />}
            note={replica === undefined ? null : <>{duration(replica.lagMs * 1000)} behind the engine</>}
          />
        </div>
        <div className="c3">
          <Stat
            id="checker"
            label="Checker"
            question="Do engine and replica agree, command by command?"
            fresh={fresh}
            value={
              checker === undefined ? (
                <N v={undefined} />
              ) : (
                <span
                  className={`n ${checker.verdict === 'disagrees' ? 'loss' : checker.verdict === 'agrees' ? 'gain' : 'faint'}`}
                >
                  {checker.verdict}
                </span>
              )
            }
            note={
              <>
                <N v={checker?.compared} as="count" /> compared, <N v={checker?.missed} as="count" /> missed
              </>
            }
          />
        </div>
        <div className="c3">
          <Stat
            id="journal"
            label="Journal"
            question="Up to which command is everything on disk?"
            fresh={fresh}
            value={
              data !== undefined && journal === null ? (
                <span className="n faint">in memory</span>
              ) : (
                <N v={journal?.acknowledged} as="count" />
              )
            }
            note={
              data !== undefined && journal === null ? (
                'nothing is left when it stops'
              ) : (
                <>
                  snapshot at <N v={journal?.snapshot} as="count" />
                </>
              )
            }
          />
        </div>
      </div>
      <Load />
      <div className="grid">
        <div className="c4">
          <Panel title="Engine" fresh={fresh}>
            <Facts
              of={[
                ['Price latency, half', <N key="" v={engine?.priceLatencyUs.p50} as="duration" />],
                ['Price latency, p99', <N key="" v={engine?.priceLatencyUs.p99} as="duration" />],
                ['Price latency, longest', <N key="" v={engine?.priceLatencyUs.max} as="duration" />],
                ['Command latency, half', <N key="" v={engine?.commandLatencyUs.p50} as="duration" />],
                ['Command latency, p99', <N key="" v={engine?.commandLatencyUs.p99} as="duration" />],
                ['Command latency, longest', <N key="" v={engine?.commandLatencyUs.max} as="duration" />],
              ]}
            />
          </Panel>
        </div>
        <div className="c4">
          <Panel title="Replica and state" fresh={fresh}>
            <Facts
              of={[
                ['Shards, each a thread', <N key="" v={engine?.shards} as="count" />],
                ['Accounts', <N key="" v={data?.accounts} as="count" />],
                ['Positions', <N key="" v={data?.positions} as="count" />],
                ['Orders', <N key="" v={data?.orders} as="count" />],
                ['Replica at command', <N key="" v={replica?.sequence} as="count" />],
                ['Proved equal at', <N key="" v={checker?.sequence} as="count" />],
                ['Shown here', <N key="" v={cut?.sequence} as="count" />],
              ]}
            />
          </Panel>
        </div>
        <div className="c4">
          <Panel title="Program and listeners" fresh={fresh}>
            <Facts
              of={[
                ['Version', data?.version ?? <N key="" v={undefined} />],
                ['Node', data?.node ?? <N key="" v={undefined} />],
                ['Mode', data?.mode ?? <N key="" v={undefined} />],
                [
                  'Started, UTC',
                  data === undefined ? (
                    <N key="" v={undefined} />
                  ) : (
                    `${clock(data.startedAt).replace(/\.\d+$/, '')}, ${age((now - Date.parse(data.startedAt)) / 1000)} ago`
                  ),
                ],
                [
                  'Listeners, their channels',
                  <>
                    <N key="" v={stream?.clients} as="count" />, <N v={stream?.subscriptions} as="count" />
                  </>,
                ],
                [
                  'Dropped, thinned out',
                  <>
                    <N key="" v={stream?.dropped} as="count" />, <N v={stream?.conflated} as="count" />
                  </>,
                ],
                ['Waiting to be sent', <Memory key="" of={stream?.bufferedBytes} />],
                ['Memory of the process', <Memory key="" of={engine?.memoryBytes} />],
              ]}
            />
          </Panel>
        </div>
      </div>
      <Panel title="Journal" fresh={fresh}>
        {journal === undefined ? (
          <span className="skeleton wide" />
        ) : journal === null ? (
          <Empty title="This run is in memory">
            Start with <code>--data DIR</code> to keep every command on disk and go on where it stopped.
          </Empty>
        ) : (
          <Facts
            of={[
              ['Directory', <code key="">{journal.directory}</code>],
              ['Written', <N key="" v={journal.sequence} as="count" />],
              ['On disk', <N key="" v={journal.acknowledged} as="count" />],
              ['Newest snapshot', <N key="" v={journal.snapshot} as="count" />],
              ['Errors writing', <N key="" v={journal.appendErrors} as="count" />],
              ['Snapshots not written', <N key="" v={journal.snapshotErrors} as="count" />],
              ...(journal.lastError === null ? [] : [['Last error', journal.lastError] as const]),
            ]}
          />
        )}
      </Panel>
    </div>
  );
}

function Memory({ of }: { readonly of: number | undefined }): ReactNode {
  return of === undefined ? <N v={undefined} /> : <span className="n">{bytes(of)}</span>;
}

function Facts({ of }: { readonly of: readonly (readonly [string, ReactNode])[] }): ReactNode {
  return (
    <dl className="facts">
      {of.map(([name, value]) => (
        <Fact key={name} name={name} value={value} />
      ))}
    </dl>
  );
}

import { useCallback, useSyncExternalStore } from 'react';
import type { ChannelName, Connection, DataOf, Update } from '../../../src/client/index.ts';
import { boards, stream } from './api.ts';
import type { Trouble } from './boards.ts';
import { useNow } from './clock.ts';
import { freshnessOf, type Freshness } from './freshness.ts';

export interface Live<Data> {
  /** Undefined before the first. */
  readonly data: Data | undefined;
  readonly cut: Update<ChannelName>['cut'] | undefined;
  readonly fresh: Freshness;
  readonly trouble: Trouble | null;
}

export const useConnection = (): Connection => useSyncExternalStore(boards.listen, () => boards.connection);

/** For React: what listens to a board, and to the channel behind it as long as anybody does. */
function useListen(name: string, channel: ChannelName, key: string | null): (tell: () => void) => () => void {
  return useCallback(
    (tell) => {
      const board = boards.board(name);
      board.listeners.add(tell);
      const stop = stream.subscribe(channel, key, (update) => boards.put(name, update));
      return () => {
        board.listeners.delete(tell);
        stop();
        if (board.listeners.size === 0) boards.clear(name);
      };
    },
    [channel, key, name],
  );
}

/**
 * A channel that changes only when something happens is as new as the newest cut of any: the server would have said.
 * The shell always listens to one that changes all the time.
 */
export function useChannel<Name extends ChannelName>(
  channel: Name,
  key: string | null = null,
): Live<DataOf<Name>> {
  const name = `${channel}:${key ?? ''}`;
  const listen = useListen(name, channel, key);
  const { update, trouble } = useSyncExternalStore(listen, () => boards.board(name).shown);
  const now = useNow();
  const isConnected = useConnection() !== 'lost';
  return {
    data: update?.data as DataOf<Name> | undefined,
    cut: update?.cut,
    trouble,
    fresh: freshnessOf(update === null ? null : boards.knownAt, now, isConnected),
  };
}

/** One value of a channel without a key, for who shows nothing else of it: rendered again when that changes. Empty before it is known. */
export function useValue<Name extends ChannelName>(
  channel: Name,
  pick: (data: DataOf<Name>) => string,
): string {
  const name = `${channel}:`;
  return useSyncExternalStore(useListen(name, channel, null), () => {
    const data = boards.board(name).shown.update?.data as DataOf<Name> | undefined;
    return data === undefined ? '' : pick(data);
  });
}

/** The one client and the one stream of this page. */
import { Client, type Connection } from '../../../src/client/index.ts';
import { Boards } from './boards.ts';

const KEY = 'plimsoll-key';

/** Kept for this tab alone: who closes it has to say the key again. */
function storedKey(): string | null {
  try {
    return window.sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** Starts over with this key, so that nothing is left of what was shown without it. */
export function enterKey(key: string): void {
  window.sessionStorage.setItem(KEY, key);
  window.location.reload();
}

const key = storedKey();
export const client = new Client({ url: window.location.origin, ...(key === null ? {} : { key }) });

export const boards = new Boards();
export const stream = client.stream({
  onConnection: (connection: Connection) => boards.connected(connection),
  onTrouble: (message) => boards.trouble(message),
});

/**
 * What the stream said last, for React. Messages come as fast as they like; what is on the screen is told once a
 * frame, and not at all while the page is hidden: only the last state of each channel is kept.
 */
import type { ChannelName, Connection, Update } from '../../../src/client/index.ts';
import { frame } from './frame.ts';

export interface Trouble {
  readonly code: string;
  readonly detail: string;
}

/** Replaced whole, so that React can tell by identity. */
interface Shown {
  readonly update: Update<ChannelName> | null;
  readonly trouble: Trouble | null;
}
const NOTHING: Shown = { update: null, trouble: null };

interface Board {
  shown: Shown;
  next: Update<ChannelName> | null;
  readonly listeners: Set<() => void>;
}

export class Boards {
  readonly #boards = new Map<string, Board>();
  readonly #dirty = new Set<Board>();
  readonly #listeners = new Set<() => void>();
  /** When the newest state that any channel told of was the newest. */
  knownAt: number | null = null;
  connection: Connection = 'connecting';
  #refusal: Trouble | null = null;

  /** By its name: see `useChannel`. */
  board(name: string): Board {
    let board = this.#boards.get(name);
    if (board === undefined) {
      board = { shown: NOTHING, next: null, listeners: new Set() };
      this.#boards.set(name, board);
    }
    return board;
  }

  put(name: string, update: Update<ChannelName>): void {
    const board = this.board(name);
    board.next = update;
    this.knownAt = Math.max(this.knownAt ?? 0, Date.now() - update.cut.ageMs);
    this.#dirty.add(board);
    frame(this.#flush);
  }

  connected(connection: Connection): void {
    this.connection = connection;
    for (const tell of this.#listeners) tell();
  }

  trouble(message: {
    type: string;
    channel: string | null;
    key: string | null;
    code?: string;
    detail: string;
  }): void {
    const trouble = { code: message.code ?? message.type, detail: message.detail };
    if (message.channel === null) {
      this.#refusal = trouble;
      this.connected(this.connection);
      return;
    }
    const board = this.board(`${message.channel}:${message.key ?? ''}`);
    board.shown = { ...board.shown, trouble };
    for (const tell of board.listeners) tell();
  }

  /** Nobody looks any more: what was shown would be old when they come back. */
  clear(name: string): void {
    this.#boards.delete(name);
  }

  get refusal(): Trouble | null {
    return this.#refusal;
  }

  /** Told when the connection changes. */
  listen = (tell: () => void): (() => void) => {
    this.#listeners.add(tell);
    return () => this.#listeners.delete(tell);
  };

  readonly #flush = (): void => {
    const dirty = [...this.#dirty];
    this.#dirty.clear();
    for (const board of dirty) {
      board.shown = { update: board.next, trouble: null };
      for (const tell of board.listeners) tell();
    }
  };
}

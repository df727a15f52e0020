/** What is expected after a line, as data: a subject, and what is to be so of it. */
import type { Place, Word } from './words.ts';

/**
 * `16.1`, `1911..1912`, `>=5`, `<=5` or `none`. Decimals are compared as numbers, not as text. `none` has neither end.
 */
export interface Range {
  readonly text: string;
  readonly low: string | null;
  readonly high: string | null;
}

/** Of a margin bucket: the cross one, or with `isolated` that of the market. */
export const BUCKET_FIGURES = [
  'equity',
  'mm',
  'im',
  'free',
  'excess',
  'collateral',
  'upnl',
  'funding',
] as const;
/** Of a position in the market. */
export const POSITION_FIGURES = ['position', 'entry', 'cost', 'liquidation', 'bankruptcy'] as const;
/** Of what happened to the account in this line: fees paid, PnL realized, lots closed by ADL against it. */
export const LINE_FIGURES = ['fees', 'realized', 'adl', 'orders', 'balance'] as const;
export const ACCOUNT_FLAGS = [
  'open',
  'flat',
  'safe',
  'warning',
  'danger',
  'critical',
  'liquidatable',
  'backstop',
  'bankrupt',
  'held',
  'exempt',
  'liquidated',
  'healthy',
  'closed',
  'taken_over',
  'deleveraged',
  'waiting',
] as const;
export const ORDER_STATES = [
  'working',
  'waiting',
  'refused',
  'filled',
  'canceled',
  'expired',
  'unfilled',
  'self_trade',
  'nothing_to_reduce',
  'pair',
  'disconnected',
  'liquidation',
  'market_state',
] as const;
export const ORDER_FIGURES = ['left', 'filled', 'price', 'size'] as const;
export const MARKET_FIGURES = ['oi', 'mark', 'index', 'traded', 'last', 'backlog', 'bid', 'ask'] as const;
export const COUNTS = [
  'trades',
  'liquidations',
  'steps',
  'takeovers',
  'adls',
  'deficits',
  'fills',
  'alerts',
] as const;

export type AccountFigure =
  | (typeof BUCKET_FIGURES)[number]
  | (typeof POSITION_FIGURES)[number]
  | (typeof LINE_FIGURES)[number];

/** The market, margin bucket and leg that the words before it in its clause have named. */
export interface Where {
  readonly market: string | null;
  readonly isolated: boolean;
  readonly leg: 'net' | 'long' | 'short';
}

export type Check =
  | { readonly is: 'figure'; readonly name: AccountFigure; readonly range: Range; readonly where: Where }
  | { readonly is: 'flag'; readonly name: (typeof ACCOUNT_FLAGS)[number]; readonly where: Where }
  | { readonly is: 'order-state'; readonly name: (typeof ORDER_STATES)[number] }
  | { readonly is: 'order-figure'; readonly name: (typeof ORDER_FIGURES)[number]; readonly range: Range }
  | {
      readonly is: 'market-figure';
      readonly name: (typeof MARKET_FIGURES)[number];
      readonly range: Range;
      /** Of `bid` and `ask`: the size that stands there. */
      readonly size: Range | null;
    }
  | { readonly is: 'market-state'; readonly name: string }
  | { readonly is: 'quality'; readonly name: string }
  | { readonly is: 'count'; readonly name: (typeof COUNTS)[number]; readonly range: Range }
  | { readonly is: 'events'; readonly names: readonly string[] }
  | { readonly is: 'refused'; readonly reason: string }
  | { readonly is: 'accepted' }
  /** In every cut all close-outs and takeovers came before the first ADL. */
  | { readonly is: 'adls-last' }
  /** Whose liquidations began in this line, in this order. */
  | { readonly is: 'liquidated'; readonly names: readonly string[] }
  | {
      readonly is: 'alert';
      readonly name: string;
      readonly names: readonly string[];
      /** By their names without the unit, in words: `open-interest`. */
      readonly figures: readonly { readonly name: string; readonly range: Range }[];
      readonly wanted: boolean;
    };

export type PlacedCheck = Check & { readonly word: Word };

export type Subject =
  | { readonly is: 'account'; readonly name: string }
  | { readonly is: 'order'; readonly name: string }
  | { readonly is: 'market'; readonly name: string }
  | { readonly is: 'line' };

export interface Expectation extends Place {
  readonly subject: Subject;
  /** As it was written. */
  readonly text: string;
  readonly checks: readonly PlacedCheck[];
}

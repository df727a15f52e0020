/**
 * Signals: what prices suggest, in order of what it would be worth. They are published as advice; nothing in the engine or
 * in what it drives takes them as input.
 *
 *   net = expected move + expected funding - 2 * taker fee - 2 * half spread        all fractions of notional
 *
 * Fees and spread are paid on the way in and on the way out. `signals-detect.ts` makes signals, here they are ranked.
 */
import type { TimeUs } from '../num/units.ts';

export type SignalKind = 'basis-reversion' | 'funding-reversion' | 'trend' | 'exhaustion';

export interface Signal {
  readonly kind: SignalKind;
  readonly market: string;
  readonly side: 'long' | 'short';
  readonly atUs: TimeUs;
  readonly horizonUs: number;
  /** In favour of the side, over the horizon; before costs. */
  readonly move: number;
  /** That the side receives over the horizon; negative when it pays. */
  readonly funding: number;
  /** The numbers behind it, for people. */
  readonly because: string;
}

/** Of one market, as fractions of notional, one way. */
export interface TradingCosts {
  readonly takerFee: number;
  readonly halfSpread: number;
}

export interface RankedSignal extends Signal {
  readonly costs: number;
  readonly net: number;
}

/** `costs-unknown`: no fee or spread was given. `price-invalid`: its price may not be used to open. */
export interface DroppedSignal {
  readonly signal: Signal;
  readonly why: 'price-invalid' | 'costs-unknown' | 'not-worth-it';
}

export interface SignalBoard {
  /** Best first. */
  readonly ranked: readonly RankedSignal[];
  readonly dropped: readonly DroppedSignal[];
}

/**
 * Ranks by net value; of equals by market, then kind. `isValid` says whether the market's price may be used to open
 * positions: a signal made of a bad price is not a signal.
 */
export function rankSignals(
  signals: readonly Signal[],
  isValid: (market: string) => boolean,
  costsOf: (market: string) => TradingCosts | null,
): SignalBoard {
  const ranked: RankedSignal[] = [];
  const dropped: DroppedSignal[] = [];
  for (const signal of signals) {
    const given = costsOf(signal.market);
    if (!isValid(signal.market)) dropped.push({ signal, why: 'price-invalid' });
    else if (given === null) dropped.push({ signal, why: 'costs-unknown' });
    else {
      const costs = 2 * (given.takerFee + given.halfSpread);
      const net = signal.move + signal.funding - costs;
      // A value that is not a number is worth nothing either.
      if (net > 0) ranked.push({ ...signal, costs, net });
      else dropped.push({ signal, why: 'not-worth-it' });
    }
  }
  ranked.sort((a, b) => b.net - a.net || compareText(a.market, b.market) || compareText(a.kind, b.kind));
  return { ranked, dropped };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * What a scenario says, as data: names that are known to exist, amounts as they were written. What they are on a market's
 * grid is for the runner to find out; where they do not fit it points at the word.
 */
import type { LiquidationPreset } from '../../core/liquidation/presets.ts';
import type { Rate } from '../../core/num/units.ts';
import type { Expectation } from './expectations.ts';
import type { Place, Word } from './words.ts';

export interface Scenario {
  readonly file: string;
  readonly rule: string;
  readonly sentence: string;
  readonly lines: readonly ScenarioLine[];
}

export interface ScenarioLine extends Place {
  readonly text: string;
  readonly statement: Statement;
  readonly expectations: readonly Expectation[];
}

/** A tier by where it begins, money. */
export interface TierText {
  readonly floor: Word;
  readonly mmr: Rate;
  /** Null: twice the maintenance rate, 1 at most. */
  readonly imr: Rate | null;
}

export type PolicyName = 'full' | 'tier-step' | 'fraction' | 'shortage';

export interface LiquidationTerms {
  readonly policy: PolicyName;
  readonly share: Rate;
  readonly threshold: Word | null;
  readonly cooldownUs: number;
  readonly buffer: Rate;
}

/** What is null has its default when a market is made, and stays when a listing says it anew. */
export interface ListingTerms {
  readonly makerFee: Rate | null;
  readonly takerFee: Rate | null;
  readonly priceMax: Word | null;
  readonly sizeMin: Word | null;
  readonly sizeMax: Word | null;
  readonly positionMax: Word | null;
  readonly openInterestMax: Word | null;
  readonly collar: Rate | null;
  readonly band: Rate | null;
  readonly depthShare: Rate | 'none' | null;
  readonly leverageMax: number | null;
  readonly halt: { readonly move: Rate; readonly windowUs: number } | null;
  readonly liquidation: LiquidationTerms | LiquidationPreset | null;
  readonly liquidationFee: Rate | null;
}

export interface SettingsStatement {
  readonly kind: 'settings';
  readonly asset: string | null;
  readonly decimals: number | null;
  readonly inclusive: boolean;
}

export interface VenueStatement {
  readonly kind: 'venue';
  readonly gainHaircut: Rate | null;
  readonly fundFloor: Word | null;
  readonly adl: 'pnl-leverage' | 'pnl-ratio' | 'size' | 'pro-rata' | null;
  readonly notionalMax: Word | null;
  readonly ordersMax: number | null;
}

export interface MarketStatement {
  readonly kind: 'market';
  readonly market: Word;
  readonly tick: Word;
  readonly lot: Word;
  readonly markTick: Word | null;
  readonly tiers: readonly TierText[] | null;
  readonly closeFee: Rate | null;
  readonly basis: 'mark' | 'entry';
  readonly orderMargin: 'none' | 'worst' | 'sum';
  readonly orderRate: Rate | null;
  /** Contract value of one lot in the quote currency: an inverse market. */
  readonly inverse: Word | null;
  /** Null: defined, and not listed. */
  readonly listing: ListingTerms | null;
}

export type OrderRef =
  | { readonly by: 'name'; readonly name: Word }
  | { readonly by: 'client'; readonly number: number }
  | { readonly by: 'id'; readonly number: number };

export interface TriggerText {
  readonly kind: 'stop' | 'take-profit' | 'trailing';
  readonly price: Word;
  readonly by: 'mark' | 'last';
}

export type LegName = 'net' | 'long' | 'short';

export interface PlaceStatement {
  readonly kind: 'place';
  readonly account: Word;
  readonly market: Word;
  readonly side: 'buy' | 'sell';
  readonly size: Word;
  /** Null: a market order. */
  readonly price: Word | null;
  readonly name: string | null;
  readonly leg: LegName;
  /** Null: gtc, of a market order ioc. */
  readonly timeInForce: 'gtc' | 'gtd' | 'ioc' | 'fok' | null;
  readonly expires: TimeText | null;
  readonly reduceOnly: boolean;
  readonly postOnly: boolean;
  readonly selfTrade: 'cancel-taker' | 'cancel-maker' | 'cancel-both' | 'reduce-both';
  readonly clientId: number;
  readonly pair: number;
  readonly session: number;
  readonly trigger: TriggerText | null;
  readonly takeProfit: Word | null;
  readonly stopLoss: Word | null;
}

/** A moment: UTC, of the day it is where there is no date; or a time from now. */
export type TimeText =
  | { readonly is: 'moment'; readonly word: Word }
  | { readonly is: 'span'; readonly us: number };

export interface Anchor {
  readonly price: Word;
  readonly overUs: number;
}

export interface PathStatement {
  readonly kind: 'path';
  readonly everyUs: number;
  /** From its present mark on. */
  readonly markets: readonly { readonly market: Word; readonly anchors: readonly Anchor[] }[];
}

export interface CrowdStatement {
  readonly kind: 'crowd';
  readonly count: number;
  readonly prefix: string;
  readonly market: Word;
  readonly side: 'long' | 'short' | 'both';
  readonly price: Word;
  /** Notional by a Pareto law with this exponent, cut off at `most`; all alike where they are the same. */
  readonly least: Word;
  readonly most: Word;
  readonly exponent: Word;
  readonly leverageLeast: Word;
  readonly leverageMost: Word;
  readonly against: Word;
  readonly seed: number;
}

export interface LadderStatement {
  readonly kind: 'ladder';
  readonly market: Word;
  readonly account: Word;
  readonly levels: number;
  readonly step: Rate;
  readonly size: Word;
  readonly sides: 'both' | 'bids' | 'asks';
  /** Null: the mark. */
  readonly around: Word | null;
}

export type Statement =
  | SettingsStatement
  | VenueStatement
  | MarketStatement
  | PlaceStatement
  | PathStatement
  | CrowdStatement
  | LadderStatement
  | { readonly kind: 'listing'; readonly market: Word; readonly listing: ListingTerms }
  | {
      readonly kind: 'asset';
      readonly asset: Word;
      readonly tick: Word;
      readonly lot: Word;
      readonly haircut: Rate;
    }
  | {
      readonly kind: 'tiers';
      readonly market: Word;
      readonly tiers: readonly TierText[];
      readonly from: TimeText | null;
    }
  | { readonly kind: 'account'; readonly accounts: readonly Word[] }
  | {
      readonly kind: 'deposit' | 'withdraw';
      readonly account: Word;
      readonly amount: Word;
      readonly asset: Word | null;
    }
  | {
      readonly kind: 'margin';
      readonly account: Word;
      readonly market: Word;
      readonly leg: LegName;
      readonly amount: Word;
    }
  | { readonly kind: 'leverage'; readonly account: Word; readonly market: Word; readonly leverage: number }
  | {
      readonly kind: 'mode';
      readonly account: Word;
      readonly market: Word | null;
      readonly mode: 'isolated' | 'cross' | 'hedge' | 'one-way';
    }
  | { readonly kind: 'exempt'; readonly account: Word; readonly exempt: boolean; readonly why: string }
  | {
      readonly kind: 'amend';
      readonly account: Word;
      readonly order: OrderRef;
      readonly price: Word | null;
      readonly size: Word | null;
    }
  | { readonly kind: 'cancel'; readonly account: Word; readonly order: OrderRef }
  | { readonly kind: 'cancel-all'; readonly account: Word; readonly market: Word | null }
  | { readonly kind: 'disconnect'; readonly account: Word; readonly session: number }
  | {
      readonly kind: 'trade';
      readonly market: Word;
      readonly maker: { readonly account: Word; readonly size: Word };
      readonly taker: { readonly account: Word; readonly size: Word };
      readonly price: Word;
    }
  | { readonly kind: 'mark'; readonly marks: readonly { readonly market: Word; readonly price: Word }[] }
  | { readonly kind: 'index'; readonly market: Word; readonly price: Word }
  | {
      readonly kind: 'quality';
      readonly market: Word;
      readonly quality: string;
      /** Null: all where it is ok, else to be shown and valued. */
      readonly allows: readonly string[] | null;
      readonly mark: Word | null;
      readonly reference: Word | null;
    }
  | { readonly kind: 'funding'; readonly market: Word; readonly rate: Rate }
  | {
      readonly kind: 'state';
      readonly market: Word | null;
      readonly state: 'active' | 'reduce-only' | 'halted' | 'settling';
      readonly why: string;
    }
  | {
      readonly kind: 'bands';
      readonly market: Word;
      readonly low: Word | null;
      readonly high: Word | null;
    }
  | { readonly kind: 'clock'; readonly time: TimeText }
  | { readonly kind: 'settle'; readonly market: Word; readonly price: Word }
  | { readonly kind: 'breaker'; readonly share: Rate; readonly least: number }
  | { readonly kind: 'lift'; readonly market: Word };

/**
 * What an exchange says: everything that happened, in order, as rows of numbers. A replica, an auditor and a screen need nothing else.
 *
 * A row is its kind and the fields named below, in this order. A field that is not used is 0; "none" is -1 where 0 would mean something.
 * Sizes of `fill`, `position` and `takeover` are signed; all other sizes are positive lots.
 *
 * Rows of the kinds in `FACTS` are what changed in the book of accounts: between two `cut` rows they are one transaction, and an engine that is
 * given them as commands (`exchange/mirror.ts`) is at every cut what the engine within the exchange is. The others
 * say why.
 *
 * How a liquidation goes (`liquidation` is its number, from 1):
 *  - `liquidation`: bucket, equity, maintenance. Its orders have left before it (`done`, why liquidation), and it was still liquidatable.
 *  - `step`: lots to close in the book now, and at which price at worst: the bankruptcy price, so that no close-out leaves a debt.
 *    Fills and trades follow. `pauseUs` is when it goes on, where the rules pause.
 *  - `takeover`: what the book did not take goes to the insurance fund at the bankruptcy price, one row a position, with what is left of the
 *    collateral (a `transfer`). It becomes part of the backlog.
 *  - `adl`: instead of a takeover that would bring the fund under its floor: closed against opposite positions, in the order of rank, at the bankruptcy price.
 *  - `liquidation_end`: how it ended.
 *  - `waiting`: at any place before the end, and before `liquidation` as well: why it does not go on.
 */

/** These numbers are on disk: never reuse one. */
export const VenueEvent = {
  cut: 1,
  accepted: 2,
  rested: 3,
  trade: 4,
  fill: 5,
  done: 6,
  amended: 7,
  triggered: 8,
  transfer: 9,
  position: 10,
  charge: 11,
  state: 12,
  liquidation: 13,
  step: 14,
  takeover: 15,
  adl: 16,
  liquidation_end: 17,
  backlog: 18,
  mode: 19,
  leverage: 20,
  exempt: 21,
  settlement: 22,
  deficit: 23,
  asset: 24,
  waiting: 25,
} as const;
export type VenueEvent = (typeof VenueEvent)[keyof typeof VenueEvent];

export const VENUE_EVENT_FIELDS = {
  /** Ends a transaction. `time` in µs. */
  cut: ['time'],
  /** An order was taken. `parent` is the order that it closes what it fills, or 0. Whether it waits for a trigger shows in `trigger`. */
  accepted: [
    'order',
    'account',
    'market',
    'leg',
    'side',
    'type',
    'timeInForce',
    'price',
    'size',
    'flags',
    'clientId',
    'trigger',
    'triggerPrice',
    'parent',
  ],
  /** It is in the book, behind all others of its price; `size` is what is left of it. */
  rested: ['order', 'market', 'side', 'price', 'size'],
  /** `side` is the taker's. Followed by the fills of taker and maker. */
  trade: ['trade', 'market', 'price', 'size', 'side', 'takerOrder', 'makerOrder'],
  /** One side of a trade; `trade` 0 and `order` 0 for ADL and settlement. `size` is signed, `fee` negative for a rebate. */
  fill: [
    'account',
    'market',
    'leg',
    'isolated',
    'size',
    'price',
    'fee',
    'trade',
    'order',
    'left',
    'realized',
  ],
  done: ['order', 'account', 'market', 'why', 'left'],
  amended: ['order', 'account', 'price', 'size', 'left', 'kept', 'market'],
  /** `price` is that of the mark or of the last trade, as `by` says: a `TriggerBy`. */
  triggered: ['order', 'account', 'market', 'price', 'by'],
  /** Money into a bucket from outside, or between buckets (two rows). `why` is a `TransferWhy`. */
  transfer: ['account', 'market', 'leg', 'isolated', 'amount', 'why', 'liquidation'],
  /** A position as it now is, where that is not by a fill: size, cost basis; the funding index at entry is the present one. */
  position: ['account', 'market', 'leg', 'isolated', 'size', 'cost', 'liquidation'],
  /** What an order reserves from now on in its account's cross bucket, where the market charges for orders: size is signed, 0 where it is gone. */
  charge: ['account', 'market', 'leg', 'isolated', 'order', 'size', 'price'],
  state: ['market', 'state', 'why'],
  liquidation: ['liquidation', 'account', 'market', 'leg', 'isolated', 'level', 'equity', 'maintenance'],
  step: ['liquidation', 'market', 'leg', 'size', 'limit', 'policy', 'pauseUs'],
  takeover: ['liquidation', 'account', 'market', 'leg', 'size', 'price', 'mark'],
  adl: ['liquidation', 'account', 'leg', 'against', 'againstLeg', 'market', 'size', 'price', 'rank'],
  liquidation_end: ['liquidation', 'account', 'outcome', 'equity', 'fund'],
  /** What the fund holds of a takeover, after it was reduced. */
  backlog: ['liquidation', 'market', 'size', 'price'],
  mode: ['account', 'market', 'isolated', 'hedge'],
  leverage: ['account', 'market', 'leverage'],
  exempt: ['account', 'exempt'],
  settlement: ['market', 'price', 'positions'],
  /** Nobody could take it: the account stays bankrupt, and it is tried again at the next mark. */
  deficit: ['liquidation', 'account', 'amount'],
  /** A collateral asset came in or went out (negative lots); the `position` before it is the balance. */
  asset: ['account', 'market', 'lots', 'why'],
  /** A liquidation waits, for another reason than it did before: a `WaitWhy`. It goes on by itself when that ends. */
  waiting: ['liquidation', 'account', 'why'],
} as const satisfies Record<keyof typeof VenueEvent, readonly string[]>;
export const VENUE_EVENT_NAMES = Object.keys(VenueEvent) as (keyof typeof VenueEvent)[];

/** Rows that are facts about accounts. */
export const FACTS: ReadonlySet<number> = new Set([
  VenueEvent.fill,
  VenueEvent.transfer,
  VenueEvent.position,
  VenueEvent.charge,
]);

export const TransferWhy = {
  deposit: 0,
  withdrawal: 1,
  /** Fees and rounding, to the treasury. */
  fees: 2,
  /** Between cross and isolated: by the account, by a fill that opens, by a fill that closes. */
  margin: 3,
  opened: 4,
  closed: 5,
  liquidation_fee: 6,
  /** What a liquidated bucket had left, to the insurance fund. */
  remainder: 7,
  /** From the insurance fund, for what a bucket could not pay. */
  cover: 8,
  /** What a settlement took of gains. */
  haircut: 9,
  /** Accrued funding of a position that is taken over. */
  funding: 10,
} as const;
export type TransferWhy = (typeof TransferWhy)[keyof typeof TransferWhy];
export const TRANSFER_WHY_NAMES = Object.keys(TransferWhy) as (keyof typeof TransferWhy)[];

export const LiquidationOutcome = {
  healthy: 0,
  closed: 1,
  taken_over: 2,
  deleveraged: 3,
  waiting: 4,
} as const;
export type LiquidationOutcome = (typeof LiquidationOutcome)[keyof typeof LiquidationOutcome];
export const LIQUIDATION_OUTCOME_NAMES = Object.keys(
  LiquidationOutcome,
) as (keyof typeof LiquidationOutcome)[];

/** What a liquidation waits for. */
export const WaitWhy = {
  none: 0,
  /** The price of a market that it holds is not fit to liquidate by. */
  price_held: 1,
  /** A market that it holds is halted or settling. */
  market_stopped: 2,
  /** Its rules pause between two steps. */
  pause: 3,
  /** Orders to close it with: it is above the backstop, and its rules leave the rest to the book. */
  book: 4,
  /** Neither book nor fund nor anybody on the other side could take it. */
  deficit: 5,
} as const;
export type WaitWhy = (typeof WaitWhy)[keyof typeof WaitWhy];
export const WAIT_WHY_NAMES = Object.keys(WaitWhy) as (keyof typeof WaitWhy)[];

/** Bits of `accepted.flags`; `byLast` is about its trigger. */
export const OrderFlag = { reduceOnly: 1, postOnly: 2, liquidation: 4, byLast: 8 } as const;

/** Why a market's state changed. */
export const StateWhy = { command: 0, move: 1, settlement: 2 } as const;
export type StateWhy = (typeof StateWhy)[keyof typeof StateWhy];
export const STATE_WHY_NAMES = Object.keys(StateWhy) as (keyof typeof StateWhy)[];

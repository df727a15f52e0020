/** Mistakes in an exchange, one at a time: what the simulation must notice. */
import type { Patch } from '../patched-core.ts';

export interface PlantedMistake {
  readonly mistake: string;
  readonly patches: readonly Patch[];
}

const MATCHER = 'exchange/matcher.ts';
const LEDGER = 'exchange/ledger.ts';
const CHECKS = 'exchange/order-checks.ts';
const DESK = 'exchange/order-desk.ts';
const LIFE = 'exchange/order-life.ts';
const LIQUIDATIONS = 'exchange/liquidations.ts';
const TAKEOVER = 'exchange/takeover.ts';

const plant = (mistake: string, file: string, find: string, replace: string): PlantedMistake => ({
  mistake,
  patches: [{ file, find, replace }],
});

export const PLANTED_MISTAKES: readonly PlantedMistake[] = [
  plant(
    'the fee of the maker has the wrong sign',
    MATCHER,
    'const makerFee = ledger.feeOf(',
    'const makerFee = -ledger.feeOf(',
  ),
  plant(
    'what rounding a trade leaves goes nowhere',
    LEDGER,
    'this.treasuryDue += closeValue + openValue + fee;',
    'this.treasuryDue += fee;',
  ),
  plant(
    'a cut is not said',
    LEDGER,
    'this.#events.emit(VenueEvent.cut, this.#engine.timeUs);',
    'if (this.#engine.timeUs % 2 === 0) this.#events.emit(VenueEvent.cut, this.#engine.timeUs);',
  ),
  plant(
    'the others of a pair stay when one trades',
    'exchange/followers.ts',
    'if (orders.pair(row) !== 0) this.dropPair(row);',
    '',
  ),
  plant('a reduce-only order opens', MATCHER, 'return Math.min(size, Math.abs(held));', 'return size;'),
  plant('a fill-or-kill order is filled in part', CHECKS, '!this.#fillOrKill.fills(entry, listing)', 'false'),
  plant('an order that shrinks loses its place', DESK, 'size <= orders.size(row));', 'size < 0);'),
  plant(
    'what settling funding rounds away is lost',
    LEDGER,
    'listing.dust += (lots * delta) % FUNDING_SCALE;',
    '',
  ),
  plant(
    'others are deleveraged before the fund takes over',
    TAKEOVER,
    'return BigInt(fund) + equity >= BigInt(rules!.fundFloor);',
    'return BigInt(fund) + equity < BigInt(rules!.fundFloor) - 1n;',
  ),
  plant(
    'a takeover brings the fund under its floor',
    TAKEOVER,
    'return BigInt(fund) + equity >= BigInt(rules!.fundFloor);',
    'return fund > 0;',
  ),
  plant(
    'the last in rank is deleveraged first',
    'liquidation/adl-rank.ts',
    '? b.score - a.score : compareScores(b.candidate, a.candidate, ranking)',
    '? a.score - b.score : compareScores(a.candidate, b.candidate, ranking)',
  ),
  plant(
    'stops fire on the wrong side',
    'exchange/triggers.ts',
    '} else if ((kind === TriggerKind.stop) === isBuy) {',
    '} else if ((kind === TriggerKind.stop) !== isBuy) {',
  ),
  plant(
    'an order trades after its time',
    DESK,
    'if (row !== NONE) this.life.finish(row, DoneReason.expired);',
    'if (row !== NONE && id % 2 === 0) this.life.finish(row, DoneReason.expired);',
  ),
  plant('an order that ends goes on counting', LIFE, 'else this.uncount(row);', ''),
  plant(
    'what an order would lose at once is not margined',
    CHECKS,
    'return headroom - loss - fee >= 0',
    'return headroom - fee >= 0',
  ),
  plant(
    'an order trades with one of its own account',
    MATCHER,
    'if (orders.account(maker) === orders.account(taker)) return this.#meetSelf(maker, size);',
    '',
  ),
  plant(
    'a post-only order takes',
    CHECKS,
    'if (entry.postOnly && wouldTrade(listing.book, isBid, entry.price))',
    'if (entry.postOnly && isBid && wouldTrade(listing.book, isBid, entry.price))',
  ),
  plant(
    'a book of levels gives the last of a price its turn first',
    'matching/naive-order-book.ts',
    'isBetter(side, price, other.price)',
    'price === other.price || isBetter(side, price, other.price)',
  ),
  plant(
    'what a liquidated bucket has left does not reach the fund',
    TAKEOVER,
    'ledger.transfer(INSURANCE, false, 0, 0, rest, TransferWhy.remainder, id);',
    '',
  ),
  plant(
    'the fee of a liquidation leaves a debt',
    LIQUIDATIONS,
    'const paid = liquidationFee(fee, this.#orders.matcher.takenWorth, most);',
    'const paid = liquidationFee(fee, this.#orders.matcher.takenWorth, most + 2 ** 50);',
  ),
  plant(
    'gains that may be gone tomorrow are paid out',
    'exchange/cashier.ts',
    'margin.headroom(account) - margin.haircutOf(cross, rules!.gainHaircut)',
    'margin.headroom(account)',
  ),
  plant(
    'an asset that is paid in counts twice',
    'exchange/cashier.ts',
    'const balance = ledger.balance(engine.book.cross[account], asset) + lots;',
    'const balance = ledger.balance(engine.book.cross[account], asset) + 2 * lots;',
  ),
];

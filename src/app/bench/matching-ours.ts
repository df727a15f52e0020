/** Our order book as a caller has it: a row for each id, makers that fill, amendments. It plays commands of a flow. */
import { match, type MatchHost } from '../../core/matching/match.ts';
import { ORDER_NONE, type OrderBook } from '../../core/matching/order-book.ts';
import type { OrderRow, PriceTicks, SizeLots } from '../../core/num/units.ts';
import type { Side } from '../../core/schema/side.ts';
import { Act, type Flow } from './matching-flow.ts';
import type { Names } from './matching-names.ts';

/** Maker, price, lots. */
export type OnTrade = (maker: string | number, price: number, size: number) => void;

/** An order book that plays commands of a flow by its own rules, its orders called as `ids` says. */
export interface Contender<Id = string> {
  play(flow: Flow, ids: readonly Id[], from: number, to: number, onTrade: OnTrade | null): void;
}

/** What becomes of the place of an order whose size is amended down. */
export type ResizeRule = 'keeps its place' | 'goes last';

const { limit: LIMIT, cancel: CANCEL, reprice: REPRICE, market: MARKET } = Act;

export class OurBook<Id extends string | number> implements Contender<Id>, MatchHost {
  readonly #book: OrderBook;
  readonly #names: Names<Id>;
  readonly #keepsPlace: boolean;
  #onTrade: OnTrade | null = null;
  /** What the maker admitted last will have after its trade. */
  #left = 0;
  /** All that traded, so that nothing of it can be left out. */
  trades = 0;
  lots = 0;

  constructor(book: OrderBook, names: Names<Id>, rule: ResizeRule = 'keeps its place') {
    this.#book = book;
    this.#names = names;
    this.#keepsPlace = rule === 'keeps its place';
  }

  play(flow: Flow, ids: readonly Id[], from: number, to: number, onTrade: OnTrade | null): void {
    const { act, id, side, price, size } = flow;
    const book = this.#book;
    const names = this.#names;
    this.#onTrade = onTrade;
    for (let at = from; at < to; at++) {
      const what = act[at];
      if (what === LIMIT) {
        this.#enter(ids[id[at]], side[at] as Side, price[at] as PriceTicks, size[at] as SizeLots);
        continue;
      }
      if (what === MARKET) {
        match(book, this, side[at] as Side, price[at] as PriceTicks, size[at] as SizeLots);
        continue;
      }
      const row = names.find(ids[id[at]]) as OrderRow;
      // By the other rule for amendments it may have traded already.
      if (row === ORDER_NONE) continue;
      if (what === CANCEL) this.#drop(row);
      else if (what === REPRICE) this.#again(row, price[at] as PriceTicks, book.left(row));
      else {
        const kept = size[at] as SizeLots;
        const less = book.left(row) - kept;
        if (this.#keepsPlace && less > 0) book.reduce(row, less as SizeLots);
        else this.#again(row, book.price(row), kept);
      }
    }
  }

  admit(maker: OrderRow, _: PriceTicks, size: SizeLots): number {
    this.#left = this.#book.left(maker) - size;
    return size;
  }

  trade(maker: OrderRow, price: PriceTicks, size: SizeLots): void {
    this.trades++;
    this.lots += size;
    if (this.#onTrade !== null) this.#onTrade(this.#names.of(maker), price, size);
    if (this.#left === 0) this.#names.remove(maker);
  }

  #enter(id: Id, side: Side, price: PriceTicks, size: SizeLots): void {
    const left = match(this.#book, this, side, price, size);
    if (left > 0) this.#book.add(this.#names.add(id) as OrderRow, side, price, left);
  }

  #again(row: OrderRow, price: PriceTicks, size: SizeLots): void {
    const id = this.#names.of(row);
    const side = this.#book.side(row);
    this.#drop(row);
    this.#enter(id, side, price, size);
  }

  #drop(row: OrderRow): void {
    this.#book.remove(row);
    this.#names.remove(row);
  }
}

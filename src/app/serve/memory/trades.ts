/** The last trades of all markets. */
import { Ring } from './ring.ts';

export interface TradeRecord {
  readonly id: number;
  readonly market: number;
  readonly price: number;
  readonly lots: number;
  readonly side: number;
  readonly takerOrder: number;
  readonly makerOrder: number;
  readonly sequence: number;
  readonly timeUs: number;
  readonly isLiquidation: boolean;
  taker: FillRecord | null;
  maker: FillRecord | null;
}

export interface FillRecord {
  readonly account: number;
  readonly order: number;
  /** Signed lots; money units. */
  readonly lots: number;
  readonly fee: number;
  readonly realized: number;
}

const OF_MARKET = 2_000;
const BY_ID = 50_000;

export class TradeMemory {
  readonly #byMarket: Ring<TradeRecord>[] = [];
  readonly #all = new Ring<TradeRecord>(BY_ID);
  readonly #byId = new Map<number, TradeRecord>();

  add(trade: TradeRecord): void {
    this.of(trade.market).add(trade);
    this.#byId.set(trade.id, trade);
    const gone = this.#all.add(trade);
    if (gone !== undefined) this.#byId.delete(gone.id);
  }

  get(id: number): TradeRecord | undefined {
    return this.#byId.get(id);
  }

  of(market: number): Ring<TradeRecord> {
    return (this.#byMarket[market] ??= new Ring(OF_MARKET));
  }
}

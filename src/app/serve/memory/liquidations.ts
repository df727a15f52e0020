/** The last liquidations, each with what became of it. */
import { Ring } from './ring.ts';

export interface LiquidationRecord {
  readonly id: number;
  readonly account: number;
  readonly market: number;
  readonly leg: number;
  readonly isolated: boolean;
  readonly level: number;
  /** Money units, when it began. */
  readonly equity: number;
  readonly maintenance: number;
  readonly sequence: number;
  readonly startedUs: number;
  endedUs: number | null;
  outcome: number | null;
  waitsFor: number;
  /** Money units at the prices that they went at. */
  closed: number;
  takenOver: number;
  deleveraged: number;
  readonly markets: Set<number>;
  fund: number | null;
  /** Counts what happened to any: who shows them asks for what is newer. */
  version: number;
}

const KEPT = 20_000;

export class LiquidationMemory {
  readonly ring = new Ring<LiquidationRecord>(KEPT);
  count = 0;
  takeovers = 0;
  adls = 0;
  version = 0;
  readonly #byId = new Map<number, LiquidationRecord>();

  begin(liquidation: LiquidationRecord): void {
    this.count++;
    this.#byId.set(liquidation.id, liquidation);
    const gone = this.ring.add(liquidation);
    if (gone !== undefined) this.#byId.delete(gone.id);
    liquidation.version = ++this.version;
  }

  get(id: number): LiquidationRecord | undefined {
    return this.#byId.get(id);
  }

  /** The one that something happened to. */
  touch(id: number): LiquidationRecord | undefined {
    const found = this.#byId.get(id);
    if (found !== undefined) found.version = ++this.version;
    return found;
  }
}

/**
 * What an exchange sends a replica in a busy second, as binary commands over the accounts of a loaded book: prices,
 * positions restated after fills, balances, orders placed, changed and cancelled. Seeded, and encoded ahead of the clock.
 */
import { CommandWriter } from '../../core/schema/codec.ts';
import { Kind, type Command, type Leg, type MarketCommand } from '../../core/schema/commands.ts';
import type {
  AccountRow,
  MarketRow,
  MarkTicks,
  PriceTicks,
  QuoteMicros,
  SizeLots,
  SourceRow,
  TimeUs,
} from '../../core/num/units.ts';
import type { Popularity } from '../../sim/popularity.ts';
import { PriceStream } from '../../sim/prices.ts';
import { Random } from '../../sim/random.ts';

/** Commands a second at the multiple 1. */
export const MIX = { prices: 10_000, positions: 50_000, balances: 25_000, orders: 100_000 } as const;
export const MIX_PER_SECOND = MIX.prices + MIX.positions + MIX.balances + MIX.orders;
export const MIX_KINDS = Object.keys(MIX) as (keyof typeof MIX)[];

/** Positions and balances as the book left them, in columns; the mix goes on from there. */
export class MixBook {
  count = 0;
  readonly definitions: MarketCommand[] = [];
  marks: MarkTicks[] = [];
  #account = new Int32Array(1024);
  #market = new Uint16Array(1024);
  /** leg + 4 if isolated */
  #mode = new Uint8Array(1024);
  #size = new Float64Array(1024);
  #cost = new Float64Array(1024);
  #balance = new Float64Array(1024);
  accounts = 0;

  see(command: Command): void {
    if (command.kind === Kind.market) this.definitions.push(command);
    if (command.kind === Kind.marks) this.marks = command.marks.map(({ price }) => price);
    if (command.kind !== Kind.transaction) return;
    for (const row of command.rows) {
      if (row.kind === Kind.account) this.#openAccount();
      if (row.kind === Kind.collateral && !row.isolated) this.#balance[row.account] = row.amount;
      if (row.kind === Kind.position)
        this.#addPosition(row.account, row.market, row.leg + (row.isolated ? 4 : 0), row.size, row.costBasis);
    }
  }

  /** `count` commands in one buffer, and where each begins; the last entry is where the last one ends. */
  encode(
    count: number,
    seed: number,
    popularity: Popularity,
    source: SourceRow,
    startUs: number,
  ): { bytes: Uint8Array<ArrayBuffer>; offsets: Int32Array; kinds: Uint8Array } {
    const random = new Random(seed, 7);
    const prices = new PriceStream({ marks: this.marks, seed, popularity, startUs: startUs as TimeUs });
    const ticksPerMark = this.definitions.map(
      ({ markUnit, tickUnit }) => (markUnit / tickUnit.num) * tickUnit.den,
    );
    const writer = new CommandWriter(count * 96 + 4096);
    const offsets = new Int32Array(count + 1);
    const kinds = new Uint8Array(count);
    let at = 0;
    for (let index = 0; index < count; index++) {
      const timeUs = (startUs + index) as TimeUs;
      const origin = { source, position: index + 1, previous: null };
      const draw = random.below(MIX_PER_SECOND);
      let command: Command;
      if (draw < MIX.prices) {
        command = { ...prices.next(), timeUs, origin };
        kinds[index] = 0;
      } else if (draw < MIX.prices + MIX.positions) {
        command = { ...this.#restate(random), timeUs, origin };
        kinds[index] = 1;
      } else if (draw < MIX.prices + MIX.positions + MIX.balances) {
        const account = random.below(this.accounts);
        const amount = Math.floor(this.#balance[account] * random.between(0.99, 1.01));
        this.#balance[account] = amount;
        command = {
          kind: Kind.collateral,
          timeUs,
          origin,
          account: account as AccountRow,
          market: 0 as MarketRow,
          leg: 0,
          isolated: false,
          amount: amount as QuoteMicros,
        };
        kinds[index] = 2;
      } else {
        const row = random.below(this.count);
        const market = this.#market[row];
        const lots = random.oneIn(3) ? 0 : 1 + random.below(Math.abs(this.#size[row]) / 5 + 1);
        const price = Math.max(
          1,
          Math.floor(prices.marks[market] * ticksPerMark[market] * random.between(0.95, 1.05)),
        );
        command = {
          kind: Kind.order,
          timeUs,
          origin,
          ...this.#place(row),
          id: 1 + random.below(4),
          size: (random.oneIn(2) ? lots : -lots) as SizeLots,
          price: price as PriceTicks,
        };
        kinds[index] = 3;
      }
      offsets[index] = at;
      at += writer.write(command, at);
    }
    offsets[count] = at;
    return { bytes: writer.bytes, offsets, kinds };
  }

  /** A position up to a tenth larger or smaller, its cost in proportion. */
  #restate(random: Random): Command {
    const row = random.below(this.count);
    const before = this.#size[row];
    const most = Math.floor(Math.abs(before) / 10) + 1;
    const change = 1 + random.below(most);
    const magnitude = Math.abs(before);
    const grown = random.oneIn(2) || magnitude <= change ? magnitude + change : magnitude - change;
    const size = before < 0 ? -grown : grown;
    this.#cost[row] = Math.floor(this.#cost[row] * (size / before));
    this.#size[row] = size;
    return {
      kind: Kind.position,
      timeUs: 0 as TimeUs,
      origin: null,
      ...this.#place(row),
      size: size as SizeLots,
      costBasis: this.#cost[row] as QuoteMicros,
      fundingIndex: null,
    };
  }

  #place(row: number): { account: AccountRow; market: MarketRow; leg: Leg; isolated: boolean } {
    return {
      account: this.#account[row] as AccountRow,
      market: this.#market[row] as MarketRow,
      leg: (this.#mode[row] & 3) as Leg,
      isolated: this.#mode[row] >= 4,
    };
  }

  #openAccount(): void {
    if (this.accounts === this.#balance.length) this.#balance = doubled(this.#balance, Float64Array);
    this.accounts++;
  }

  #addPosition(account: number, market: number, mode: number, size: number, cost: number): void {
    if (this.count === this.#account.length) {
      this.#account = doubled(this.#account, Int32Array);
      this.#market = doubled(this.#market, Uint16Array);
      this.#mode = doubled(this.#mode, Uint8Array);
      this.#size = doubled(this.#size, Float64Array);
      this.#cost = doubled(this.#cost, Float64Array);
    }
    const row = this.count++;
    this.#account[row] = account;
    this.#market[row] = market;
    this.#mode[row] = mode;
    this.#size[row] = size;
    this.#cost[row] = cost;
  }
}

function doubled<Column extends { readonly length: number; set(other: Column): void }>(
  column: Column,
  make: new (length: number) => Column,
): Column {
  const longer = new make(column.length * 2);
  longer.set(column);
  return longer;
}

/** What accounts of a random stream hold: money that puts a bucket on a threshold to the unit, positions, fills, orders. */
import { SAFE_MAX } from '../../src/core/num/units.ts';
import { Form, Kind, Leg } from '../../src/core/schema/commands.ts';
import type { BucketReport } from '../../src/reference/inspect.ts';
import { clamp } from './books.ts';
import type { Fields } from './corrupt.ts';
import type { Random } from './random.ts';
import type { Place, StreamBook } from './stream-book.ts';

const EXTREMES = [0, 1, -1, SAFE_MAX, -SAFE_MAX, 2 ** 48, -(2 ** 48), 2 ** 52 + 1];

export class StreamHoldings {
  readonly #random: Random;
  readonly #book: StreamBook;

  constructor(random: Random, book: StreamBook) {
    this.#random = random;
    this.#book = book;
  }

  money(): Fields {
    const random = this.#random;
    const account = this.#book.anyAccount();
    const buckets = this.#book.reference.inspect(account)?.buckets ?? [];
    if (buckets.length > 0 && random.chance(0.75)) return this.aimedMoney(account, random.pick(buckets));
    const kind = random.pick([Kind.collateral, Kind.transfer]);
    const amount = random.chance(0.2) ? random.pick(EXTREMES) : this.#usualMoney();
    return { kind, ...this.#moneyPlace(account, this.#book.anyPlace(account)), amount };
  }

  /** Collateral that puts the bucket on one of its thresholds, or a little to one side of it. */
  aimedMoney(account: number, bucket: BucketReport): Fields {
    const random = this.#random;
    const { equity, maintenance, collateral } = bucket;
    const notional = bucket.positions.reduce((sum, position) => sum + Number(position.notional), 0);
    const [num, den] = random.pick(this.#book.thresholds);
    const line = (BigInt(num) * maintenance) / BigInt(den);
    const off = random.weighted({
      exact: this.#book.style === 'dust' ? 16 : 4,
      few: this.#book.style === 'legs' ? 20 : 0,
      near: 6,
      far: 4,
    });
    const by = {
      exact: random.whole(-2, 2),
      few: Math.round(
        random.sign() * (maintenance > 0n ? Number(maintenance) * random.log(1e-3, 1) : random.log(10, 1e7)),
      ),
      near: Math.round(random.sign() * notional * random.log(1e-5, 1e-2)),
      far: Math.round(notional * random.log(1e-2, 1)),
    };
    const target = line + BigInt(Math.trunc(clamp(by[off], -SAFE_MAX, SAFE_MAX)));
    const change = clamp(Number(target - equity), -SAFE_MAX, SAFE_MAX);
    const place = this.#moneyPlace(account, { ...bucket, account });
    if (random.chance(0.5)) return { kind: Kind.transfer, ...place, amount: change };
    const amount = clamp(Number(collateral) + change, -SAFE_MAX, SAFE_MAX);
    return { kind: Kind.collateral, ...place, amount };
  }

  #moneyPlace(account: number, { isolated, market, leg }: Place): Place {
    return isolated ? { account, isolated, market, leg } : { account, isolated, market: 0, leg: Leg.net };
  }

  #usualMoney(): number {
    const { worth, lots } = this.#random.pick([...this.#book.plans.values()]);
    const notional = worth * lots;
    return Math.round(clamp(this.#random.sign() * notional * this.#random.log(1e-3, 1), -SAFE_MAX, SAFE_MAX));
  }

  position(place: Place): Fields {
    const random = this.#random;
    if (this.#book.formOf(place.market) === Form.collateral && random.chance(0.95))
      return this.#balance(place);
    const lotValue = this.#book.lotValue(place.market);
    const size = random.chance(0.12) ? 0 : this.#sizeFor(place);
    const basis = Math.round(size * lotValue * (1 + random.sign() * random.log(1e-4, 0.1)));
    const present = Number(this.#book.reference.inspectMarket(place.market)?.fundingIndex ?? 0n);
    const near = clamp(present + random.whole(-3_000_000, 3_000_000), -SAFE_MAX, SAFE_MAX);
    return {
      kind: Kind.position,
      ...place,
      size,
      costBasis: random.chance(0.02) ? random.pick(EXTREMES) : clamp(basis, -SAFE_MAX, SAFE_MAX),
      fundingIndex: random.chance(0.7) ? null : random.chance(0.95) ? near : random.pick(EXTREMES),
    };
  }

  /** Of an asset held as collateral. */
  #balance(place: Place): Fields {
    const random = this.#random;
    const size = random.chance(0.12) ? 0 : Math.abs(this.#sizeFor(place)) * (random.chance(0.03) ? -1 : 1);
    const leg = random.chance(0.95) ? Leg.net : place.leg;
    const fundingIndex = random.pick([null, null, null, 0]);
    return { kind: Kind.position, ...place, leg, size, costBasis: random.chance(0.98) ? 0 : 1, fundingIndex };
  }

  /** Adds, closes a part, closes all, flips. */
  fill(place: Place): Fields {
    const random = this.#random;
    const held = Number(this.#book.heldAt(place)?.size ?? 0n);
    const how = random.weighted({ add: 3, part: 3, all: 2, flip: 1 });
    const sizes = {
      add: this.#sizeFor(place),
      part: -Math.round(held * random.unit()),
      all: -held,
      flip: -held - Math.sign(held) * Math.abs(this.#sizeFor(place)),
    };
    const price = Math.round(this.#book.priceOf(place.market) * (1 + random.sign() * random.log(1e-4, 0.1)));
    const size = held === 0 || sizes[how] === 0 ? sizes.add : sizes[how];
    const value = size * this.#book.lotValue(place.market);
    return {
      kind: Kind.fill,
      ...place,
      size,
      price: clamp(price, 1, SAFE_MAX),
      fee: random.chance(0.01)
        ? random.pick(EXTREMES)
        : Math.round(clamp(value * random.unit() * 1e-3, -1e12, 1e12)),
    };
  }

  order(place: Place): Fields {
    const random = this.#random;
    const price = Math.round(this.#book.priceOf(place.market) * random.log(0.5, 2));
    const size = random.chance(0.2) ? 0 : random.sign() * Math.abs(this.#sizeFor(place));
    return { kind: Kind.order, ...place, id: random.whole(1, 5), size, price: clamp(price, 1, SAFE_MAX) };
  }

  #sizeFor(place: Place): number {
    const { market, leg } = place;
    const random = this.#random;
    if (leg !== Leg.net && random.chance(0.4)) {
      // The same on both sides: marks and funding cancel out, down to what rounding leaves.
      const other = this.#book.heldAt({ ...place, leg: leg === Leg.long ? Leg.short : Leg.long });
      if (other !== undefined) return -Number(other.size);
    }
    const lots = this.#book.plan(market)?.lots ?? 1;
    const size = Math.max(
      1,
      Math.round(lots * (this.#book.style === 'dust' ? random.unit() : random.log(0.1, 3))),
    );
    if (leg === Leg.net || random.chance(0.02)) return random.sign() * size;
    return leg === Leg.long ? size : -size;
  }
}

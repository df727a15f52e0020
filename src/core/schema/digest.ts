/**
 * The state hash: 128 bits over everything that future decisions depend on. Each entity is hashed by itself and
 * the hashes are added, so neither the order of rows nor the layout of columns shows.
 *
 * An entity is its kind and its fields, whole numbers of up to 53 bits and a sign. Four 32-bit lanes take the low
 * and the high word of each field (murmur-style multiply, rotate, xor, each lane with its own constants). This finds
 * divergence and corruption; it is no defence against someone who can choose the state. The sequence is not part of it:
 * commands that change nothing (duplicates, refusals) leave the hash as it was.
 *
 *   engine     1  timeUs
 *   settings   2  rules, decimals, inclusive, then enter, exit and backstop as num, den; then the asset's text
 *   source     3  row, last position (-1: none yet), gapped; then the name's text
 *   market     4  row, mark (-1: none), funding index, markUnit, tickUnit num, den, closeFee num, den, basis, orderMargin,
 *                 orderRate num, den; then the name's text
 *   tier       5  market, effectiveUs (-1: the active table), tier's place, floor, mmr num, den, imr num, den
 *   account    6  row; then the name's text
 *   bucket     7  account, isolated, market, leg, collateral, level
 *   position   8  account, market, leg, isolated, size, cost basis, funding index at entry
 *   order      9  account, id, market, leg, isolated, size, price
 *   quality   10  market, quality, allows, reference (-1: none), since (-1: never told), tripped since (-1: not); of markets
 *                 that were told their quality or are tripped
 *   breaker   11  share num, den, least; once it was set
 *   contract  12  market, form, value num, den, weight num, den; of markets that were told
 *
 * An exchange has these as well:
 *
 *   venue     64  gainHaircut num, den, fundFloor, adl, notionalMax (-1: none), ordersMax, deposits less withdrawals, trades, last
 *                 order id, last liquidation
 *   listing   65  market, then its rules in the order of `ListingCommand` (none: -1; rates as num, den), state, low, high, last,
 *                 openInterest, mark and time of the move breaker's window, dust
 *   member    66  account, hedge, exempt
 *   exposure  67  account, market, leg, leverage, isolated
 *   working   68  id, account, market, leg, bits (exchange/working-orders.ts), size, filled, price, client id, expiry, pair, session,
 *                 trigger, take-profit, stop-loss, parent
 *   queue     69  id, place from 0 among the resting orders of its price
 *   trailing  70  id, best price seen (-1: none); of trailing stops that wait
 *   liquidation 71  id, account, bucket's place, has begun, due, second round
 *   backlog   72  market, place from 0, liquidation, lots, price
 *
 * A gate has these beside the engine's (none: -1, where not said otherwise):
 *
 *   gate      128  last order id, last epoch, limits version, days begun, account that a tick looks at first
 *   instrument 129 market, short, restricted, index and last (none: 0); texts sector, issuer; of markets of which any of this is said
 *   group     130  row, kind, parent, value traded today (2^40s, rest); then the name's text
 *   membership 131  account, group that it was put into
 *   limits    132  version, effectiveUs, 1 in force or 0 waiting; texts author, why
 *   limit     133  version, level, group, account, market, limit, hard, soft
 *   grant     134  level, group, account, market, limit, hard, expiresUs; texts by, approvedBy, why
 *   halt      135  epoch, state, cause, group, account, market; texts by, why
 *   day       136  account, orders, executions, what losses are counted from, best beyond it
 *   located   137  account, market, lots, until; while it holds
 *   repeats   138  account, market, executions in a row, their side, time of the last
 *   parent    139  name, account, market, side, size, traded, day
 *   reserved  140  id, account, market, leg, bits (admission/orders.ts), size, filled, price, size and price of a replace that waits (0),
 *                  client id, parent's name (0)
 *   slice     141  1 of a group or 0 of an account, row, length of a slice, number of it, orders, cancels, value; what still counts
 *   recent    142  account, place from 0 (the oldest), market << 5 | leg << 3 | ask << 2 | market order << 1 | reduce-only, price, size, time
 *   trade     143  1 today or 0 the day before, market * 2 + side, id
 *   stray     144  market, lots; then the name's text
 *
 * Marks, references, sizes, cost bases and funding indices are those of the commands, whatever a market's form.
 *
 * Rates are hashed as given, not reduced. Text is its length and its UTF-16 code units.
 */
export const Entity = {
  engine: 1,
  settings: 2,
  source: 3,
  market: 4,
  tier: 5,
  account: 6,
  bucket: 7,
  position: 8,
  order: 9,
  quality: 10,
  breaker: 11,
  contract: 12,
  venue: 64,
  listing: 65,
  member: 66,
  exposure: 67,
  working: 68,
  queue: 69,
  trailing: 70,
  liquidation: 71,
  backlog: 72,
  gate: 128,
  instrument: 129,
  group: 130,
  membership: 131,
  limits: 132,
  limit: 133,
  grant: 134,
  halt: 135,
  day: 136,
  located: 137,
  repeats: 138,
  parent: 139,
  reserved: 140,
  slice: 141,
  recent: 142,
  trade: 143,
  stray: 144,
} as const;

export class Digest {
  #sum0 = 0;
  #sum1 = 0;
  #sum2 = 0;
  #sum3 = 0;
  #a = 0;
  #b = 0;
  #c = 0;
  #d = 0;

  begin(kind: number): this {
    this.#a = 0x9e3779b9 ^ kind;
    this.#b = 0x85ebca6b ^ Math.imul(kind, 0x27d4eb2f);
    this.#c = 0xc2b2ae35 ^ Math.imul(kind, 0x165667b1);
    this.#d = 0x1b873593 ^ Math.imul(kind, 0x9e3779b1);
    return this;
  }

  /** A whole number, |value| < 2^53; booleans count as 0 and 1. */
  field(value: number | boolean): this {
    const number = Number(value);
    const high = Math.floor(number / 4294967296);
    this.#word(number - high * 4294967296);
    this.#word(high);
    return this;
  }

  text(value: string): this {
    this.field(value.length);
    for (let at = 0; at < value.length; at++) this.#word(value.charCodeAt(at));
    return this;
  }

  end(): void {
    this.#sum0 = (this.#sum0 + finish(this.#a ^ this.#d)) | 0;
    this.#sum1 = (this.#sum1 + finish(this.#b + this.#a)) | 0;
    this.#sum2 = (this.#sum2 + finish(this.#c ^ this.#b)) | 0;
    this.#sum3 = (this.#sum3 + finish(this.#d + this.#c)) | 0;
  }

  /** 32 hexadecimal digits. */
  hex(): string {
    return [this.#sum0, this.#sum1, this.#sum2, this.#sum3]
      .map((lane) => (lane >>> 0).toString(16).padStart(8, '0'))
      .join('');
  }

  #word(word: number): void {
    this.#a = Math.imul(rotate(this.#a ^ Math.imul(word, 0xcc9e2d51), 15), 0x1b873593) + 0x561ccd1b;
    this.#b = Math.imul(rotate(this.#b + Math.imul(word, 0x239b961b), 17), 0xab0e9789) ^ this.#a;
    this.#c = Math.imul(rotate(this.#c ^ Math.imul(word, 0x38b34ae5), 18), 0xa1e38b93) + this.#b;
    this.#d = Math.imul(rotate(this.#d + Math.imul(word, 0x9e3779b1), 13), 0xcc9e2d51) ^ this.#c;
  }
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function finish(lane: number): number {
  let mixed = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

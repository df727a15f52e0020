/** Trades that were counted, by market, side and id, of today and the day before: open tables with linear probing, nothing is ever taken out of one. */
const EMPTY = 0;

class Day {
  count = 0;
  /** Ids, and beside each market * 2 + side; an id of 0: nothing there. At most half are taken. */
  #ids = new Float64Array(1024);
  #places = new Int32Array(1024);
  #mask = 1023;

  has(place: number, id: number): boolean {
    const ids = this.#ids;
    const mask = this.#mask;
    let slot = hashOf(place, id) & mask;
    while (ids[slot] !== EMPTY) {
      if (ids[slot] === id && this.#places[slot] === place) return true;
      slot = (slot + 1) & mask;
    }
    return false;
  }

  add(place: number, id: number): void {
    if (2 * ++this.count > this.#mask) this.#widen();
    this.#put(place, id);
  }

  *entries(): Generator<[place: number, id: number]> {
    for (let slot = 0; slot <= this.#mask; slot++)
      if (this.#ids[slot] !== EMPTY) yield [this.#places[slot], this.#ids[slot]];
  }

  #put(place: number, id: number): void {
    let slot = hashOf(place, id) & this.#mask;
    while (this.#ids[slot] !== EMPTY) slot = (slot + 1) & this.#mask;
    this.#ids[slot] = id;
    this.#places[slot] = place;
  }

  #widen(): void {
    const ids = this.#ids;
    const places = this.#places;
    this.#ids = new Float64Array(ids.length * 2);
    this.#places = new Int32Array(ids.length * 2);
    this.#mask = ids.length * 2 - 1;
    for (let slot = 0; slot < ids.length; slot++) if (ids[slot] !== EMPTY) this.#put(places[slot], ids[slot]);
  }
}

export class TradeIds {
  #today = new Day();
  #before = new Day();

  has(market: number, side: number, id: number): boolean {
    const place = market * 2 + side;
    return this.#today.has(place, id) || this.#before.has(place, id);
  }

  add(market: number, side: number, id: number): void {
    this.#today.add(market * 2 + side, id);
  }

  /** A new day: those of the day before the last are forgotten. */
  roll(): void {
    this.#before = this.#today;
    this.#today = new Day();
  }

  count(isToday: boolean): number {
    return (isToday ? this.#today : this.#before).count;
  }

  /** `place` is market * 2 + side. */
  entries(isToday: boolean): Generator<[place: number, id: number]> {
    return (isToday ? this.#today : this.#before).entries();
  }

  restore(isToday: boolean, place: number, id: number): void {
    (isToday ? this.#today : this.#before).add(place, id);
  }
}

function hashOf(place: number, id: number): number {
  const high = Math.floor(id / 4294967296);
  let hash = Math.imul(place ^ Math.imul(id | 0, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b), 0xc2b2ae35);
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x27d4eb2f) ^ (hash >>> 13);
}

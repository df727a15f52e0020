/**
 * Where the levels of a book are, by side and rank. The rank of a price is how far it is from the best that there could be,
 * so that on both sides the lower rank is the better price.
 *
 *   rank, 30 bits   [ 6 | 6 | 6 | 6 | 6 ]
 *                     |   |   |   |   `- which level of a leaf       leaf: 64 ticks side by side
 *                     |   |   |   `- which leaf of a region          region: 4096 ticks, remembered from one call to the next
 *                   root ...
 *
 * Every node has 64 places and 64 bits that say which of them are taken. A node is there while something is in it; freed nodes
 * are used again. So memory goes with the levels that there were at most at one time: when they lie far apart three nodes of
 * 264 bytes each, when they lie side by side a few bytes.
 */
import { widened } from '../num/columns.ts';
import type { Side } from '../schema/side.ts';

/** No level, and no node: node 0 stays empty, so that looking on from there finds nothing. */
export const LEVEL_NONE = 0;
const NONE = 0;
const REGION_SHIFT = 12;
const LEAF_SHIFT = 6;
const ROOT_SHIFT = 24;

export class LevelIndex {
  /** Places of each node, at [node * 64 + slot]: nodes, in leaves levels. */
  #places = new Int32Array(16 * 64);
  /** Which places are taken, at [node * 2] for the first 32 and at [node * 2 + 1] for the others. */
  #taken = new Int32Array(16 * 2);
  /** Nodes 1 and 2 are the roots of the two sides. */
  #used = 3;
  #free = NONE;
  /** Of each side, the region asked for last: its rank without the last 12 bits, and its node. */
  readonly #near = Int32Array.of(-1, NONE, -1, NONE);

  /** The level of this rank, or LEVEL_NONE. */
  find(side: Side, rank: number): number {
    const places = this.#places;
    return places[
      (places[(this.#region(side, rank) << 6) | ((rank >>> LEAF_SHIFT) & 63)] << 6) | (rank & 63)
    ];
  }

  /**
   * Puts a level where none is. Answers its neighbour on this side: the next worse as it is, or the next better as its
   * negative; LEVEL_NONE where the side was empty.
   */
  insert(side: Side, rank: number, level: number): number {
    const leaf = this.#places[(this.#region(side, rank) << 6) | ((rank >>> LEAF_SHIFT) & 63)];
    if (leaf === NONE) return this.#grow(side, rank, level);
    const neighbour = this.#neighbour(leaf, rank & 63, 0);
    this.#take(leaf, rank & 63, level);
    return neighbour;
  }

  remove(side: Side, rank: number): void {
    const leaf = this.#places[(this.#region(side, rank) << 6) | ((rank >>> LEAF_SHIFT) & 63)];
    if (!this.#leave(leaf, rank & 63)) this.#shrink(side, rank);
  }

  #region(side: Side, rank: number): number {
    const near = this.#near;
    const prefix = rank >>> REGION_SHIFT;
    if (near[2 * side] === prefix) return near[2 * side + 1];
    const places = this.#places;
    let node = 1 + side;
    for (let shift = ROOT_SHIFT; shift >= REGION_SHIFT; shift -= 6)
      node = places[(node << 6) | ((rank >>> shift) & 63)];
    if (node !== NONE) {
      near[2 * side] = prefix;
      near[2 * side + 1] = node;
    }
    return node;
  }

  /** Puts a level into a leaf that has to be made first. */
  #grow(side: Side, rank: number, level: number): number {
    let node = 1 + side;
    let neighbour = LEVEL_NONE;
    for (let shift = ROOT_SHIFT; shift >= LEAF_SHIFT; shift -= 6) {
      const slot = (rank >>> shift) & 63;
      let child = this.#places[(node << 6) | slot];
      if (child === NONE) {
        // From here on down all is new and empty: what is nearest is found in the first of these nodes, or nowhere.
        if (neighbour === LEVEL_NONE) neighbour = this.#neighbour(node, slot, shift);
        child = this.#allocate();
        this.#take(node, slot, child);
      }
      node = child;
    }
    this.#take(node, rank & 63, level);
    return neighbour;
  }

  /** Gives back the nodes that the removal of this rank has left empty, leaf first. */
  #shrink(side: Side, rank: number): void {
    const places = this.#places;
    for (let bottom = LEAF_SHIFT; bottom <= ROOT_SHIFT; bottom += 6) {
      let node = 1 + side;
      for (let shift = ROOT_SHIFT; shift > bottom; shift -= 6)
        node = places[(node << 6) | ((rank >>> shift) & 63)];
      const slot = (rank >>> bottom) & 63;
      const empty = places[(node << 6) | slot];
      places[empty << 6] = this.#free;
      this.#free = empty;
      if (bottom === REGION_SHIFT) this.#near[2 * side] = -1;
      if (this.#leave(node, slot)) return;
    }
  }

  /** What lies nearest to a place of a node, as `insert` answers; `shift` is 0 in a leaf. */
  #neighbour(node: number, slot: number, shift: number): number {
    const low = this.#taken[2 * node];
    const high = this.#taken[2 * node + 1];
    const places = this.#places;
    let at = node << 6;
    const before = highestBelow(low, high, slot);
    if (before >= 0) {
      at = places[at | before];
      for (let below = shift; below > 0; below -= 6)
        at = places[(at << 6) | highestBelow(this.#taken[2 * at], this.#taken[2 * at + 1], 64)];
      return -at;
    }
    const after = lowestAbove(low, high, slot);
    if (after < 0) return LEVEL_NONE;
    at = places[at | after];
    for (let below = shift; below > 0; below -= 6)
      at = places[(at << 6) | lowestAbove(this.#taken[2 * at], this.#taken[2 * at + 1], -1)];
    return at;
  }

  #isTaken(node: number): boolean {
    return (this.#taken[2 * node] | this.#taken[2 * node + 1]) !== 0;
  }

  #take(node: number, slot: number, what: number): void {
    this.#places[(node << 6) | slot] = what;
    this.#taken[2 * node + (slot >>> 5)] |= 1 << (slot & 31);
  }

  /** Answers whether anything is left in the node. */
  #leave(node: number, slot: number): boolean {
    this.#places[(node << 6) | slot] = NONE;
    this.#taken[2 * node + (slot >>> 5)] &= ~(1 << (slot & 31));
    return this.#isTaken(node);
  }

  #allocate(): number {
    const node = this.#free;
    if (node !== NONE) {
      this.#free = this.#places[node << 6];
      this.#places[node << 6] = NONE;
      return node;
    }
    if ((this.#used + 1) << 6 > this.#places.length) {
      this.#places = widened(this.#places, this.#places.length * 2);
      this.#taken = widened(this.#taken, this.#taken.length * 2);
    }
    return this.#used++;
  }
}

/** The highest bit under `slot` in 64 bits, or -1; a slot of 64 means any. */
function highestBelow(low: number, high: number, slot: number): number {
  if (slot > 32) {
    const bits = slot === 64 ? high : high & ((1 << (slot & 31)) - 1);
    if (bits !== 0) return 63 - Math.clz32(bits);
  }
  // Without a bit this is 31 - 32.
  return 31 - Math.clz32(slot >= 32 ? low : low & ((1 << slot) - 1));
}

/** The lowest bit over `slot` in 64 bits, or -1; a slot of -1 means any. */
function lowestAbove(low: number, high: number, slot: number): number {
  if (slot < 31) {
    const bits = slot < 0 ? low : low & (-2 << slot);
    if (bits !== 0) return 31 - Math.clz32(bits & -bits);
  }
  const bits = slot < 32 ? high : high & (-2 << (slot & 31));
  return bits === 0 ? -1 : 63 - Math.clz32(bits & -bits);
}

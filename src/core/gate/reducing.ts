/** Which orders only make a position smaller: these pass where others do not. */

/** Whether there is a position, on the other side than the order. */
export function opposes(held: number, isBid: boolean): boolean {
  return held !== 0 && held > 0 !== isBid;
}

/** Whether with it and `others`, lots that stand on its side, the position would still only shrink. */
export function onlyReduces(held: number, isBid: boolean, others: number, size: number): boolean {
  return opposes(held, isBid) && others + size <= Math.abs(held);
}

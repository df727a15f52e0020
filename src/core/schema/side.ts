/** Which side of a book an order is on. */

/** These numbers are on disk: never reuse one. */
export const Side = { bid: 0, ask: 1 } as const;
export type Side = (typeof Side)[keyof typeof Side];
export const SIDE_NAMES = ['bid', 'ask'] as const;

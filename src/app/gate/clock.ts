/** Microseconds since 1970 that never go back: a wall clock that is set moves nothing until the next start. */
export function monotonicUs(): () => number {
  return () => Math.floor((performance.timeOrigin + performance.now()) * 1000);
}

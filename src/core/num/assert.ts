/** Stops the program where it is wrong about itself. What we refuse from outside has a reason code instead. */
export function assert(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${sentence}`);
}

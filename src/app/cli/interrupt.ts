/**
 * Ctrl-C as a request to stop: a command looks at the signal between two pieces of work, closes what it has open, and
 * says how far it came.
 *
 * One key press often arrives twice, from the terminal and from npm, milliseconds apart. Only a second one that a person
 * can have meant ends the process where it stands.
 */
const MEANT_AFTER_MS = 1000;
export const INTERRUPTED = 130;

export interface Interrupt {
  readonly signal: AbortSignal;
  /** From here on Ctrl-C ends the process again. */
  release(): void;
}

export function catchInterrupt(): Interrupt {
  const controller = new AbortController();
  let first = 0;
  const onSignal = (): void => {
    const now = performance.now();
    if (first === 0) first = now;
    else if (now - first >= MEANT_AFTER_MS) process.exit(INTERRUPTED);
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    release: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}

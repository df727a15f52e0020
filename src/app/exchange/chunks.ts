/**
 * What a stream brings, until it ends or `signal` says that no more is wanted. Unlike `for await` over the stream itself it leaves a
 * socket's other half open, and a request to stop does not wait for the next chunk.
 */
import type { Readable } from 'node:stream';

/** Throws what the stream fails with. */
export async function* chunksOf(
  stream: Readable,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const failure: { error: Error | null } = { error: null };
  const onError = (error: Error): void => {
    failure.error = error;
  };
  stream.on('error', onError);
  try {
    while (!signal.aborted) {
      const chunk = stream.read() as Uint8Array | null;
      if (chunk !== null) yield chunk;
      else if (failure.error !== null) throw failure.error;
      else if (stream.readableEnded || stream.destroyed) return;
      else await more(stream, signal);
    }
  } finally {
    stream.off('error', onError);
  }
}

const SIGNS = ['readable', 'end', 'close', 'error'] as const;

function more(stream: Readable, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      for (const sign of SIGNS) stream.off(sign, done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    for (const sign of SIGNS) stream.on(sign, done);
    signal.addEventListener('abort', done);
  });
}

/** Standard input as the one sender of a process, and how such a process ends. */
import { LineSplitter, type LineBatch } from '../../io/ingest/lines.ts';
import type { EmbeddedJournal } from '../../io/journal/embedded-journal.ts';
import { errnoOf, OperationalError } from '../../io/operational-error.ts';
import { chunksOf } from '../exchange/chunks.ts';

/** Lines of standard input to `feed`, until it ends or `signal` says so. Throws INGEST_UNREADABLE. */
export async function feedStdin(
  feed: (batch: LineBatch) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const splitter = new LineSplitter();
  try {
    for await (const chunk of chunksOf(process.stdin, signal)) {
      const batch = splitter.push(chunk);
      if (batch !== null) await feed(batch);
    }
  } catch (cause) {
    const errno = (cause as { syscall?: unknown }).syscall === undefined ? null : errnoOf(cause);
    if (errno === null) throw cause;
    throw new OperationalError(
      'INGEST_UNREADABLE',
      `<stdin> cannot be read (${errno}) after ${splitter.lines} whole lines. Give a file or a pipe that can be read`,
      { file: '<stdin>', line: splitter.lines, errno },
      cause,
    );
  } finally {
    process.stdin.destroy();
  }
  // What has no line end when the stream ends was probably still being written, and is told as such.
  const rest = signal.aborted ? null : splitter.end();
  if (rest !== null) await feed(rest);
}

export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** An error of the journal, with how far everything is safe. */
export function withAcknowledged(
  error: unknown,
  { journal, acknowledged }: { readonly journal: EmbeddedJournal | null; readonly acknowledged: number },
): unknown {
  if (!(error instanceof OperationalError) || error !== journal?.failure) return error;
  return new OperationalError(
    error.code,
    `${error.message} Send again what was not answered: nothing happens twice.`,
    { ...error.fields, acknowledged },
    error,
  );
}

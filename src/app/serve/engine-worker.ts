/** The thread that a served exchange runs in. */
import { parentPort, workerData } from 'node:worker_threads';
import { OperationalError } from '../../io/operational-error.ts';
import { EngineRoom } from './engine-room.ts';
import type { EngineChoice, FromEngine, ToEngine } from './messages.ts';

const port = parentPort!;
const post = (message: FromEngine, transfer: readonly ArrayBuffer[]): void =>
  port.postMessage(message, transfer);
try {
  const room = await EngineRoom.open(workerData as EngineChoice, post);
  port.on('message', (message: ToEngine) => room.hear(message));
  await room.run();
} catch (error) {
  const thrown = error instanceof Error ? error : new Error(String(error));
  const isKnown = error instanceof OperationalError;
  const stack = thrown.stack ?? '';
  post(
    {
      kind: 'failed',
      code: isKnown ? error.code : 'INTERNAL',
      message: thrown.message,
      fields: isKnown ? JSON.parse(JSON.stringify(error.fields)) : {},
      stack,
    },
    [],
  );
} finally {
  port.close();
}

/**
 * The commands of a scenario once more: on an exchange whose books are plain lists, and from a snapshot of the half of it. Both must come to
 * the state hash that the first run has.
 */
import { Exchange } from '../../core/exchange/exchange.ts';
import { exchangeChunks, restoreExchange } from '../../core/exchange/snapshot.ts';
import type { World } from './world.ts';

/** What does not hold, a sentence each; empty when all does. */
export function brokenReplay({ exchange, commands }: World): string[] {
  const wanted = exchange.digest();
  const half = Math.floor(commands.length / 2);
  const again = new Exchange({ book: 'naive' });
  for (const command of commands.slice(0, half)) again.apply(command);
  // Before the settings there is nothing that a snapshot could hold.
  const bytes = half === 0 ? null : Buffer.concat([...exchangeChunks(again)]);
  for (const command of commands.slice(half)) again.apply(command);
  const broken: string[] = [];
  if (again.digest() !== wanted)
    broken.push(
      `replay: the same commands on plain order books come to ${again.digest()}, here to ${wanted}`,
    );
  if (bytes === null) return broken;
  const resumed = restoreExchange(bytes);
  for (const command of commands.slice(half)) resumed.apply(command);
  if (resumed.digest() !== wanted)
    broken.push(
      `snapshot: from the state after ${half} commands the rest come to ${resumed.digest()}, here to ${wanted}`,
    );
  return broken;
}

/** Where a simulated exchange shows itself: a live screen, a plain line a second, or a JSON document a second. */
import { paintFor } from '../cli/output.ts';
import { Screen } from '../demo/screen.ts';
import type { SimStatus } from './status.ts';
import { plainLine, screenLines, summaryLines } from './view.ts';

export interface SimOutput {
  /** How often there should be a new status, ms. */
  readonly everyMs: number;
  begin(this: void): void;
  show(this: void, status: SimStatus): void;
  /** The last status. */
  end(this: void, status: SimStatus): void;
  /** Puts the terminal back, if that is still to be done. */
  close(this: void): void;
}

export function simOutput(kind: 'screen' | 'plain' | 'json'): SimOutput {
  const paint = paintFor(process.stdout);
  const print = (lines: readonly string[]): void => void process.stdout.write(`${lines.join('\n')}\n`);
  if (kind === 'screen') {
    const screen = new Screen(process.stdout);
    return {
      everyMs: 150,
      begin: () => screen.enter(),
      show: (status) => screen.draw(screenLines(status, screen.width, screen.height, paint)),
      end: (status) => {
        screen.leave();
        print(summaryLines(status, paint));
      },
      close: () => screen.leave(),
    };
  }
  const isJson = kind === 'json';
  const tell = (type: string, status: SimStatus): void => print([JSON.stringify({ type, ...status })]);
  return {
    everyMs: 1000,
    begin: () => {},
    show: (status) => (isJson ? tell('progress', status) : print([plainLine(status)])),
    end: (status) => (isJson ? tell('summary', status) : print(summaryLines(status, paint))),
    close: () => {},
  };
}

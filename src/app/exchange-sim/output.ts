/** Where a simulated exchange shows itself: a live screen, a plain line a second, or a JSON document a second. */
import type { AlertDocument } from '../../io/publish/alert-lines.ts';
import { paintFor } from '../cli/output.ts';
import { Screen } from '../demo/screen.ts';
import type { SimStatus } from './status.ts';
import { alertText, plainLine, screenLines, summaryLines } from './view.ts';

export interface SimOutput {
  /** How often there should be a new status, ms. */
  readonly everyMs: number;
  begin(this: void): void;
  show(this: void, status: SimStatus): void;
  /** What the watchers of conduct report of the command with this sequence. */
  alert(this: void, sequence: number, alert: AlertDocument): void;
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
    let lastAlert = '';
    return {
      everyMs: 150,
      begin: () => screen.enter(),
      show: (status) => screen.draw(screenLines(status, lastAlert, screen.width, screen.height, paint)),
      alert: (_, alert) => void (lastAlert = alertText(alert)),
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
    alert: (sequence, alert) =>
      print([isJson ? JSON.stringify({ type: 'alert', sequence, ...alert }) : `alert ${alertText(alert)}`]),
    end: (status) => (isJson ? tell('summary', status) : print(summaryLines(status, paint))),
    close: () => {},
  };
}

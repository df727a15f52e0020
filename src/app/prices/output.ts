/** Where prices are shown: a live screen, plain lines, or JSON. */
import type { PriceAlert } from '../../core/price/anomaly.ts';
import { paintFor, printJson } from '../cli/output.ts';
import { Progress } from '../cli/progress.ts';
import { Screen } from '../demo/screen.ts';
import { priceDocument, pricesDocument } from './document.ts';
import { alertLine, finalLines, plainLine, screenLines } from './screen.ts';
import type { PricesStatus } from './status.ts';
import type { MarketView } from './view.ts';

export interface PricesOutput {
  readonly begin: () => void;
  /** `lines` of a replay so far; null: live. */
  readonly show: (status: () => PricesStatus, lines: number | null) => void;
  /** Every so often, where that was asked for. */
  readonly interval: (views: readonly MarketView[]) => void;
  readonly alert: (alert: PriceAlert) => void;
  /** Something to know that is no price: on stderr. */
  readonly note: (text: string) => void;
  readonly end: (status: PricesStatus) => void;
  /** Puts the terminal back, if that is still to be done. */
  readonly close: () => void;
}

export type OutputKind = 'screen' | 'plain' | 'json';

export interface OutputChoice {
  readonly kind: OutputKind;
  readonly files: readonly string[];
  readonly record: string | null;
  readonly quarantine: string | null;
  /** Prices are printed at intervals, and so one document a line. */
  readonly isStream: boolean;
}

export function pricesOutput(choice: OutputChoice): PricesOutput {
  if (choice.kind === 'screen') return screenOutput();
  return choice.kind === 'json' ? jsonOutput(choice) : plainOutput(choice);
}

function screenOutput(): PricesOutput {
  const paint = paintFor(process.stdout);
  const screen = new Screen(process.stdout);
  const notes: string[] = [];
  const say = (text: string): void => void process.stderr.write(`plimsoll: ${text}\n`);
  let isOn = false;
  const leave = (): void => {
    screen.leave();
    isOn = false;
    for (const text of notes.splice(0)) say(text);
  };
  return {
    begin: () => {
      screen.enter();
      isOn = true;
    },
    show: (status) => screen.draw(screenLines(status(), screen.width, paint)),
    interval: () => {},
    alert: () => {},
    note: (text) => {
      if (isOn) notes.push(text);
      else say(text);
    },
    end: (status) => {
      leave();
      process.stdout.write(`${finalLines(status, paint).join('\n')}\n`);
    },
    close: leave,
  };
}

function plainOutput({ isStream }: OutputChoice): PricesOutput {
  const paint = paintFor(process.stdout);
  const progress = new Progress('prices');
  const print = (line: string): void => {
    progress.clear();
    process.stdout.write(`${line}\n`);
  };
  return {
    begin: () => {},
    show: (_, lines) => {
      if (lines !== null) progress.show(lines, null, () => 'lines');
    },
    interval: (views) => views.forEach((view) => print(plainLine(view))),
    alert: (alert) => {
      if (isStream) print(alertLine(alert));
    },
    note: (text) => progress.print(`plimsoll: ${text}`),
    end: (status) => print(finalLines(status, paint).join('\n')),
    close: () => progress.clear(),
  };
}

function jsonOutput({ isStream, ...choice }: OutputChoice): PricesOutput {
  const progress = new Progress('prices');
  const write = (type: string, document: object): void => {
    progress.clear();
    process.stdout.write(`${JSON.stringify({ type, ...document })}\n`);
  };
  return {
    begin: () => {},
    show: (_, lines) => {
      if (lines !== null) progress.show(lines, null, () => 'lines');
    },
    interval: (views) => views.forEach((view) => write('price', priceDocument(view))),
    alert: (alert) => {
      if (isStream) write('alert', alert);
    },
    note: () => {},
    end: (status) => {
      progress.clear();
      const document = pricesDocument(status, choice);
      if (isStream) write('summary', document);
      else printJson(document);
    },
    close: () => progress.clear(),
  };
}

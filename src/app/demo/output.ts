/** Where a demo shows itself: a live screen, a plain line a second, or a JSON document a second. */
import { paintFor } from '../cli/output.ts';
import { Progress } from '../cli/progress.ts';
import { Screen } from './screen.ts';
import type { Status } from './status.ts';
import { plainLine, screenLines, summaryLines } from './view.ts';

export interface DemoOutput {
  /** How often there should be a new status, ms. */
  readonly everyMs: number;
  readonly loading: (what: string, share: number) => void;
  readonly begin: () => void;
  readonly show: (status: Status) => void;
  /** The last status, over everything. */
  readonly end: (status: Status) => void;
  /** Puts the terminal back, if that is still to be done. */
  readonly close: () => void;
}

export type OutputKind = 'screen' | 'plain' | 'json';

export function demoOutput(kind: OutputKind): DemoOutput {
  if (kind === 'screen') return screenOutput();
  return kind === 'json' ? jsonOutput() : plainOutput();
}

function screenOutput(): DemoOutput {
  const paint = paintFor(process.stdout);
  const screen = new Screen(process.stdout);
  const progress = loadingBar();
  return {
    everyMs: 200,
    loading: progress.show,
    begin: () => {
      progress.clear();
      screen.enter();
    },
    show: (status) => screen.draw(screenLines(status, screen.width, screen.height, paint)),
    end: (status) => {
      screen.leave();
      process.stdout.write(`${summaryLines(status, paint).join('\n')}\n`);
    },
    close: () => {
      progress.clear();
      screen.leave();
    },
  };
}

function plainOutput(): DemoOutput {
  const paint = paintFor(process.stdout);
  const progress = loadingBar();
  return {
    everyMs: 1000,
    loading: progress.show,
    begin: progress.clear,
    show: (status) => void process.stdout.write(`${plainLine(status)}\n`),
    end: (status) => void process.stdout.write(`${summaryLines(status, paint).join('\n')}\n`),
    close: progress.clear,
  };
}

function jsonOutput(): DemoOutput {
  const progress = loadingBar();
  const write = (type: string, status: Status): void =>
    void process.stdout.write(`${JSON.stringify({ type, ...documentOf(status) })}\n`);
  return {
    everyMs: 1000,
    loading: progress.show,
    begin: progress.clear,
    show: (status) => write('progress', status),
    end: (status) => write('summary', status),
    close: progress.clear,
  };
}

/** The same fields in every document. Money as decimal text, as everywhere in JSON. */
function documentOf({ checker, state, nearest, latest, ...status }: Status): object {
  const { verdict, checked, missed, late, extra, left, behind, opening, failure, first } = checker;
  const money = (value: number): string => value.toFixed(2);
  return {
    ...status,
    checker: verdict,
    checked,
    missed,
    late,
    extra,
    notFollowed: left,
    checkerBehind: behind,
    openingChecked: opening >= 1,
    checkerFailure: failure,
    firstDifference: first,
    buckets: state.buckets,
    notional: state.notional.map(money),
    openInterestLong: money(state.openInterestLong),
    openInterestShort: money(state.openInterestShort),
    unrealizedPnlLong: money(state.pnlLong),
    unrealizedPnlShort: money(state.pnlShort),
    nearest,
    latestLiquidatable: latest.map(({ equity, maintenance, at, ...each }) => ({
      ...each,
      equity: money(equity),
      maintenance: money(maintenance),
      at: at.toISOString(),
    })),
  };
}

/** On stderr, and only on a terminal. */
function loadingBar(): { show: (what: string, share: number) => void; clear: () => void } {
  let shown = '';
  let bar = new Progress('');
  return {
    show: (what, share) => {
      if (what !== shown) {
        bar.clear();
        bar = new Progress(what);
        shown = what;
      }
      bar.show(share, 1);
    },
    clear: () => bar.clear(),
  };
}

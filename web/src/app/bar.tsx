import type { ReactNode } from 'react';
import type { DataOf } from '../../../src/client/index.ts';
import { useChannel, useConnection, type Live } from '../live/channel.ts';
import { age, count } from '../ui/format.ts';
import { CrashButton } from './crash.tsx';
import { toggleTheme, useTheme } from './theme.ts';

interface Props {
  readonly title: string;
  readonly openPalette: () => void;
  readonly openHelp: () => void;
}

export function Bar({ title, openPalette, openHelp }: Props): ReactNode {
  const theme = useTheme();
  const status = useChannel('system');
  return (
    <section className="bar" aria-label="State and commands">
      <h1>{title}</h1>
      <Pulse status={status} />
      <span className="spring" />
      {status.data?.mode === 'demo' ? <CrashButton /> : null}
      <button type="button" className="button" onClick={openPalette} title="A page, a market or an account">
        <SearchIcon />
        <span className="words">Go to</span>
        <kbd className="wide" aria-hidden="true">
          Ctrl K
        </kbd>
      </button>
      <button
        type="button"
        className="button quiet icon wide"
        onClick={toggleTheme}
        aria-label={theme === 'dark' ? 'Light colours' : 'Dark colours'}
        title={`${theme === 'dark' ? 'Light' : 'Dark'} colours (t)`}
      >
        <ThemeIcon />
      </button>
      <button
        type="button"
        className="button quiet icon wide"
        onClick={openHelp}
        aria-label="Keyboard"
        title="Keyboard (?)"
      >
        ?
      </button>
    </section>
  );
}

/** Whether what is on the screen is now, and of which command. */
function Pulse({ status: { cut, fresh } }: { readonly status: Live<DataOf<'system'>> }): ReactNode {
  const connection = useConnection();
  const state =
    connection === 'lost' ? 'disconnected' : fresh.state === 'loading' ? 'connecting' : fresh.state;
  const words = { live: 'Live', stale: 'Stale', connecting: 'Connecting', disconnected: 'Disconnected' }[
    state
  ];
  const old = fresh.ageSeconds !== null && state !== 'live' ? `, ${age(fresh.ageSeconds)} old` : '';
  return (
    <span className="pulse" data-state={state} title="Of which command the newest state on the screen is">
      <i aria-hidden="true" />
      <span>
        {words}
        {old === '' ? null : <span className="wide">{old}</span>}
      </span>
      {cut === undefined ? null : <span className="faint wide n">#{count(cut.sequence)}</span>}
    </span>
  );
}

function SearchIcon(): ReactNode {
  return (
    <svg
      width="14"
      height="14"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      aria-hidden="true"
    >
      <circle cx="7" cy="7" r="4.5" />
      <path d="m10.5 10.5 4 4" />
    </svg>
  );
}

function ThemeIcon(): ReactNode {
  return (
    <svg
      width="15"
      height="15"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      aria-hidden="true"
    >
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 2.5v11a5.5 5.5 0 0 0 0-11z" fill="currentColor" />
    </svg>
  );
}

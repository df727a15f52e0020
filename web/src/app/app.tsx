import { Suspense, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useQuery } from '../live/query.ts';
import { Empty } from '../ui/panel.tsx';
import { Announcer } from './announcer.tsx';
import { Bar } from './bar.tsx';
import { Connection } from './connection.tsx';
import { Failure } from './failure.tsx';
import { Help } from './help.tsx';
import { listenToKeys, type Shortcut } from './keys.ts';
import { Nav } from './nav.tsx';
import { PAGES, pageOf } from './pages.ts';
import { Palette, type Action } from './palette.tsx';
import { go, useRoute } from './router.ts';
import { toggleTheme } from './theme.ts';

export function App(): ReactNode {
  const route = useRoute();
  const page = pageOf(route.path);
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [text, setText] = useState('');
  const main = useRef<HTMLElement>(null);
  const openPalette = useCallback(() => setPaletteOpen(true), []);

  const shortcuts = useMemo<readonly Shortcut[]>(
    () => [
      ...PAGES.map(({ name, title, key }) => ({
        keys: `g ${key}`,
        does: title,
        run: () => go(name === '' ? [] : [name]),
      })),
      { keys: '/', does: 'Search this page, or everything', run: () => focusSearch(openPalette) },
      { keys: 't', does: 'Dark or light', run: toggleTheme },
      { keys: '?', does: 'These keys', run: () => setHelpOpen(true) },
    ],
    [openPalette],
  );
  useEffect(() => listenToKeys(() => shortcuts, openPalette), [shortcuts, openPalette]);

  const place = route.path.join('/');
  useEffect(() => {
    document.title = page === undefined ? 'Plimsoll' : `${page.title} · Plimsoll`;
  }, [page]);
  const visited = useRef(place);
  useEffect(() => {
    // Who moves by keyboard or screen reader goes on at the page that was opened.
    if (visited.current !== place) main.current?.focus({ preventScroll: true });
    visited.current = place;
    window.scrollTo(0, 0);
  }, [place]);

  const actions = useActions(isPaletteOpen, text);
  return (
    <div className="shell">
      <a className="skip" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        Skip to the page
      </a>
      <Nav page={page} />
      <Bar
        title={page?.title ?? 'No such page'}
        openPalette={openPalette}
        openHelp={() => setHelpOpen(true)}
      />
      <main className="page" id="main" ref={main} tabIndex={-1} aria-label={page?.title ?? 'No such page'}>
        <Connection />
        <Failure key={place}>
          <Suspense fallback={<span className="skeleton wide" role="img" aria-label="loading" />}>
            {page === undefined ? <Nowhere /> : <page.Body />}
          </Suspense>
        </Failure>
      </main>
      <Announcer />
      <Palette
        isOpen={isPaletteOpen}
        close={() => setPaletteOpen(false)}
        actions={actions}
        onText={setText}
      />
      <Help isOpen={isHelpOpen} close={() => setHelpOpen(false)} shortcuts={shortcuts} />
    </div>
  );
}

function Nowhere(): ReactNode {
  return (
    <Empty title="There is no such page">
      The address may be of another version. <a href="#/">Go to the overview</a>
    </Empty>
  );
}

function focusSearch(openPalette: () => void): void {
  const field = document.querySelector<HTMLInputElement>('main input[type="search"]');
  if (field === null) openPalette();
  else {
    field.focus();
    field.select();
  }
}

/** What the palette offers for a text: pages, markets, accounts whose names begin so, and things to explain by number. */
function useActions(isOpen: boolean, typed: string): (text: string) => readonly Action[] {
  const text = typed.trim();
  const markets = useQuery('markets', isOpen ? {} : null, 0).answer?.data ?? [];
  const search = isOpen && text.length > 1 ? { query: { search: text, limit: 8 } } : null;
  const accounts = useQuery('accounts', search, 0).answer?.data ?? [];
  return (now) => {
    const wanted = now.trim().toLowerCase();
    const pages = PAGES.map(({ name, title, key }) => ({
      id: `page ${name}`,
      title,
      hint: `g ${key}`,
      run: () => go(name === '' ? [] : [name]),
    }));
    const traded = markets.flatMap(({ market }) => [
      { id: `market ${market}`, title: market, hint: 'market', run: () => go(['market', market]) },
      {
        id: `map ${market}`,
        title: `${market} liquidation map`,
        hint: 'map',
        run: () => go(['map', market]),
      },
    ]);
    const fixed = [...pages, ...traded, { id: 'theme', title: 'Dark or light', hint: 't', run: toggleTheme }];
    const numbered = /^\d+$/.test(wanted)
      ? (['order', 'trade', 'liquidation'] as const).map((about) => ({
          id: `explain ${about}`,
          title: `Explain ${about} ${wanted}`,
          run: () => go(['explain', about, wanted]),
        }))
      : [];
    const found = accounts.map(({ account, level }) => ({
      id: `account ${account}`,
      title: account,
      hint: `account, ${level}`,
      run: () => go(['accounts', account]),
    }));
    return [
      ...fixed.filter(({ title }) => title.toLowerCase().includes(wanted)),
      ...found,
      ...numbered,
    ].slice(0, 14);
  };
}

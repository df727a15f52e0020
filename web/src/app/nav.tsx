import { useEffect, useRef, type ReactNode } from 'react';
import { useValue } from '../live/channel.ts';
import { PAGES, type Page } from './pages.ts';
import { routeHash } from './router.ts';

export function Mark(): ReactNode {
  return (
    <svg viewBox="0 0 32 32" fill="none" stroke="currentColor" strokeWidth="2.6" aria-hidden="true">
      <circle cx="16" cy="16" r="9.5" />
      <path d="M1.5 16h29" />
    </svg>
  );
}

export function Nav({ page }: { readonly page: Page | undefined }): ReactNode {
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone the pages are a strip that is wider than the screen.
    nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [page]);
  return (
    <header className="rail">
      <a className="brand" href="#/" aria-label="Plimsoll, overview">
        <Mark />
        Plimsoll
      </a>
      <nav aria-label="Pages" ref={nav}>
        <ul>
          {PAGES.map(({ name, title, key }) => (
            <li key={name}>
              <a
                href={routeHash(name === '' ? [] : [name])}
                aria-current={page?.name === name ? 'page' : undefined}
              >
                {title}
                <kbd aria-hidden="true">g {key}</kbd>
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div className="foot">
        <div>
          <a href="/docs">API</a> · <a href="/metrics">metrics</a>
        </div>
        <Version />
      </div>
    </header>
  );
}

function Version(): ReactNode {
  return <div>{useValue('system', ({ version }) => version)}</div>;
}

import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useChannel } from '../live/channel.ts';

const GRAVE = new Set(['critical', 'emergency']);
/** A screen reader that is told everything can be told nothing. */
const EVERY_MS = 8000;

/** Reads the newest grave alert out to who cannot see it, and how many came since the last. */
export function Announcer(): ReactNode {
  const { data } = useChannel('alerts');
  const [said, setSaid] = useState('');
  const last = useRef({ id: -1, at: 0 });
  useEffect(() => {
    if (data === undefined) return;
    const newest = data[0]?.id ?? 0;
    if (last.current.id < 0) last.current = { id: newest, at: 0 };
    const grave = data.filter(({ id, severity }) => id > last.current.id && GRAVE.has(severity));
    if (grave.length === 0 || Date.now() - last.current.at < EVERY_MS) return;
    last.current = { id: newest, at: Date.now() };
    setSaid(`${grave.length === 1 ? 'Alert' : `${grave.length} alerts, the newest`}: ${grave[0].message}`);
  }, [data]);
  return (
    <div className="visually-hidden" role="status" aria-live="polite">
      {said}
    </div>
  );
}

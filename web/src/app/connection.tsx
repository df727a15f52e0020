import { useState, type ReactNode } from 'react';
import { boards, enterKey } from '../live/api.ts';
import type { Trouble } from '../live/boards.ts';
import { useChannel, useConnection } from '../live/channel.ts';
import { age, count } from '../ui/format.ts';

/** What is wrong with all numbers at once, above them. Nothing while they are as they should be. */
export function Connection(): ReactNode {
  const connection = useConnection();
  const { refusal } = boards;
  const status = useChannel('system');
  const { data, fresh } = status;
  // Who has no right to look is told so once, and of each channel that a key is missing: the first says why.
  const trouble = isOfKeys(refusal) ? refusal : (status.trouble ?? refusal);
  if (trouble !== null && isOfKeys(trouble)) return <KeyForm code={trouble.code} />;
  if (trouble?.code === 'API_STARTING')
    return (
      <div className="banner" role="status">
        <strong>Starting</strong>
        <span>{trouble.detail}</span>
      </div>
    );
  if (connection === 'lost')
    return (
      <div className="banner bad" role="alert">
        <strong>Disconnected</strong>
        <span>
          The server does not answer; trying again.
          {fresh.ageSeconds === null ? '' : ` What you see is ${age(fresh.ageSeconds)} old.`}
        </span>
      </div>
    );
  if (data === undefined) return null;
  if (data.state === 'failed' || data.state === 'stopped')
    return (
      <div className="banner bad" role="alert">
        <strong>The engine {data.state === 'failed' ? 'failed' : 'stopped'}</strong>
        <span>Nothing is decided any more. What you see is its last state.</span>
      </div>
    );
  if (fresh.state === 'stale')
    return (
      <div className="banner" role="status">
        <strong>Stale</strong>
        <span>
          The newest state is {age(fresh.ageSeconds!)} old: the engine is busy or the connection is slow.
        </span>
      </div>
    );
  if (data.checker.verdict === 'disagrees')
    return (
      <div className="banner bad" role="alert">
        <strong>The checker disagrees</strong>
        <span>
          {count(data.checker.missed)} differences between the engine and its replica. Trust neither.
        </span>
      </div>
    );
  return null;
}

const isOfKeys = (trouble: Trouble | null): boolean =>
  trouble !== null && (trouble.code.startsWith('API_KEY') || trouble.code === 'API_SCOPE_MISSING');

/** What can be done about it; the server's own words are for programs. */
const KEY_WORDS: Readonly<Record<string, readonly [string, string]>> = {
  API_KEY_UNKNOWN: [
    'This key does not open it',
    'The server does not know it, or it was revoked. Somebody who runs the server can make another one.',
  ],
  API_SCOPE_MISSING: ['This key may not look', 'A key with the scope “read” is needed here.'],
};
const KEY_NEEDED = [
  'A key is needed',
  'Somebody who runs the server makes one with “plimsoll key create --scopes read”. It is kept for this tab alone.',
] as const;

function KeyForm({ code }: { readonly code: string }): ReactNode {
  const [key, setKey] = useState('');
  const [title, words] = KEY_WORDS[code] ?? KEY_NEEDED;
  return (
    <form
      className="banner keys"
      aria-label="API key"
      onSubmit={(event) => {
        event.preventDefault();
        enterKey(key.trim());
      }}
    >
      <span role="alert">
        <strong>{title}</strong> {words}
      </span>
      <label className="field">
        <span className="visually-hidden">API key</span>
        <input
          type="password"
          placeholder="plk_…"
          autoComplete="off"
          required
          value={key}
          onChange={({ target }) => setKey(target.value)}
        />
      </label>
      <button type="submit" className="button">
        Use it
      </button>
    </form>
  );
}

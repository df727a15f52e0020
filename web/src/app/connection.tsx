import { useState, type ReactNode } from 'react';
import type { DataOf } from '../../../src/client/index.ts';
import { boards, enterKey } from '../live/api.ts';
import { useConnection, type Live } from '../live/channel.ts';
import { age, count } from '../ui/format.ts';

/** What is wrong with all numbers at once, above them. Nothing while they are as they should be. */
export function Connection({ status }: { readonly status: Live<DataOf<'system'>> }): ReactNode {
  const connection = useConnection();
  const { refusal } = boards;
  const { data, fresh } = status;
  const trouble = status.trouble ?? refusal;
  if (trouble !== null && trouble.code.startsWith('API_KEY')) return <KeyForm detail={trouble.detail} />;
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

function KeyForm({ detail }: { readonly detail: string }): ReactNode {
  const [key, setKey] = useState('');
  return (
    <form
      className="banner"
      onSubmit={(event) => {
        event.preventDefault();
        enterKey(key.trim());
      }}
    >
      <strong>A key is needed</strong>
      <span>{detail}</span>
      <label className="field">
        <span className="visually-hidden">API key</span>
        <input
          type="password"
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

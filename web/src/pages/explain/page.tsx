import { useState, type FormEvent, type ReactNode } from 'react';
import { go, useRoute } from '../../app/router.ts';
import { Empty, Panel } from '../../ui/panel.tsx';
import { ABOUTS, Explained, type About } from './explained.tsx';

const ASKS: Readonly<Record<About, string>> = {
  account: 'Name of the account',
  order: 'Number of the order',
  trade: 'Number of the trade',
  liquidation: 'Number of the liquidation',
  price: 'Name of the market',
};

/** Why: of an account, an order, a trade, a liquidation or a price. The address can be sent, the page printed. */
export function Page(): ReactNode {
  const [, about, id] = useRoute().path;
  const known = ABOUTS.find((name) => name === about);
  return (
    <div className="stack">
      <Ask key={`ask ${about}/${id}`} about={known ?? 'account'} id={id ?? ''} />
      {known === undefined || id === undefined ? (
        <Panel>
          <Empty title="What shall be explained?">
            Every decision has its arithmetic: name an account or a market, or give the number of an order, a
            trade or a liquidation.
          </Empty>
        </Panel>
      ) : (
        <Explained key={`${known}/${id}`} about={known} id={id} />
      )}
    </div>
  );
}

function Ask({ about, id }: { readonly about: About; readonly id: string }): ReactNode {
  const [kind, setKind] = useState(about);
  const [text, setText] = useState(id);
  const asked = (event: FormEvent): void => {
    event.preventDefault();
    if (text.trim() !== '') go(['explain', kind, text.trim()]);
  };
  return (
    <form className="tools" onSubmit={asked}>
      <label className="field">
        <span className="visually-hidden">Of what</span>
        <select value={kind} onChange={({ target }) => setKind(target.value as About)}>
          {ABOUTS.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <label className="field">
        <span className="visually-hidden">{ASKS[kind]}</span>
        <input
          type="search"
          placeholder={ASKS[kind]}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
      </label>
      <button type="submit" className="button">
        Explain
      </button>
    </form>
  );
}

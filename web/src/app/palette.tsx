import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';

export interface Action {
  readonly id: string;
  readonly title: string;
  readonly hint?: string;
  readonly run: () => void;
}

interface Props {
  readonly isOpen: boolean;
  readonly close: () => void;
  /** What fits what was typed, best first. */
  readonly actions: (text: string) => readonly Action[];
  /** Told what is typed, so that answers from the server can join the list. */
  readonly onText: (text: string) => void;
}

/** Ctrl+K: type a part of a name, press Enter. */
export function Palette({ isOpen, close, actions, onText }: Props): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const list = useId();
  const found = isOpen ? actions(text) : [];
  const chosen = Math.min(at, found.length - 1);

  useEffect(() => {
    const element = dialog.current!;
    if (isOpen && !element.open) {
      setText('');
      setAt(0);
      onText('');
      element.showModal();
    } else if (!isOpen && element.open) element.close();
  }, [isOpen, onText]);

  const pressed = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) setAt((chosen + step + found.length) % Math.max(1, found.length));
    else if (event.key === 'Enter' && chosen >= 0) {
      close();
      found[chosen].run();
    } else return;
    event.preventDefault();
  };

  return (
    <dialog
      ref={dialog}
      className="palette"
      aria-label="Go to"
      onClose={close}
      onClick={(event) => event.target === dialog.current && close()}
    >
      <input
        type="text"
        role="combobox"
        aria-label="Page, market, account or command"
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={chosen >= 0 ? `${list}-${chosen}` : undefined}
        placeholder="Page, market, account or command"
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          setAt(0);
          onText(target.value);
        }}
        onKeyDown={pressed}
      />
      <ul id={list} role="listbox" aria-label="What fits">
        {found.map((action, place) => (
          <li
            key={action.id}
            id={`${list}-${place}`}
            role="option"
            aria-selected={place === chosen}
            onMouseMove={() => setAt(place)}
            onClick={() => {
              close();
              action.run();
            }}
          >
            <span>{action.title}</span>
            <span className="faint">{action.hint}</span>
          </li>
        ))}
      </ul>
      {found.length === 0 ? <p className="empty">Nothing has a name like this.</p> : null}
    </dialog>
  );
}

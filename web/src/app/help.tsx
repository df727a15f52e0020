import { useEffect, useRef, type ReactNode } from 'react';
import type { Shortcut } from './keys.ts';

/** `?`: every key there is. */
export function Help({
  isOpen,
  close,
  shortcuts,
}: {
  isOpen: boolean;
  close: () => void;
  shortcuts: readonly Shortcut[];
}): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current!;
    if (isOpen && !element.open) element.showModal();
    else if (!isOpen && element.open) element.close();
  }, [isOpen]);
  return (
    <dialog
      ref={dialog}
      className="help"
      aria-label="Keyboard"
      onClose={close}
      onClick={(event) => event.target === dialog.current && close()}
    >
      <h1>Keyboard</h1>
      <dl>
        <Line keys="Ctrl K" does="Go to a page, a market or an account" />
        {shortcuts.map(({ keys, does }) => (
          <Line key={keys} keys={keys} does={does} />
        ))}
        <Line keys="Esc" does="Close what is open" />
      </dl>
      <button type="button" className="button" onClick={close}>
        Close
      </button>
    </dialog>
  );
}

function Line({ keys, does }: { readonly keys: string; readonly does: string }): ReactNode {
  return (
    <>
      <dt>
        {keys.split(' ').map((key) => (
          <kbd key={key}>{key}</kbd>
        ))}
      </dt>
      <dd>{does}</dd>
    </>
  );
}

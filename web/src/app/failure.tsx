import { Component, type ReactNode } from 'react';
import { Empty } from '../ui/panel.tsx';

/** A page that fails says so and leaves the others alone. */
export class Failure extends Component<{ readonly children: ReactNode }, { readonly error: Error | null }> {
  override state: { readonly error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <div role="alert">
        <Empty title="This page failed">
          <p>{error.message}</p>
          <p>
            <button type="button" className="button" onClick={() => window.location.reload()}>
              Load it again
            </button>
          </p>
        </Empty>
      </div>
    );
  }
}

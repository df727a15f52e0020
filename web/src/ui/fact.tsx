import type { ReactNode } from 'react';

interface Told {
  readonly name: string;
  readonly value: ReactNode;
}

/** A name and what it is, in a list of two columns. */
export function Fact({ name, value }: Told): ReactNode {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

/** The same in a box of its own, where a list has several beside each other. */
export function BoxedFact(told: Told): ReactNode {
  return (
    <div>
      <Fact {...told} />
    </div>
  );
}

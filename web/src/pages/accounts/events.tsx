import type { ReactNode } from 'react';
import type { ExchangeEvent } from '../../../../src/client/index.ts';
import { clock, decimal } from '../../ui/format.ts';
import { Empty } from '../../ui/panel.tsx';
import { Table } from '../../ui/table.tsx';
import { eventText } from './event-text.ts';

export function EventTable({ events }: { readonly events: readonly ExchangeEvent[] | undefined }): ReactNode {
  return (
    <Table<ExchangeEvent & { at?: number }>
      label="Events, newest first"
      rows={events?.map((event, at) => ({ ...event, at }))}
      keyOf={({ sequence, at }) => `${sequence}/${at}`}
      empty={
        <Empty title="Nothing is remembered of it">
          Only what happened of late is kept in memory; the journal has the rest.
        </Empty>
      }
      columns={[
        { id: 'time', title: 'Time, UTC', cell: ({ time }) => <span className="dim">{clock(time)}</span> },
        {
          id: 'sequence',
          title: 'Command',
          num: true,
          cell: ({ sequence }) => <span className="faint">{decimal(String(sequence))}</span>,
        },
        { id: 'event', title: 'Event', cell: ({ event }) => event.replaceAll('_', ' ') },
        { id: 'text', title: 'What', cell: (event) => <span className="dim">{eventText(event)}</span> },
      ]}
    />
  );
}

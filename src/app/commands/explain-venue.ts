/** `plimsoll explain order`, `trade` and `liquidation`: what happened on an exchange, from its journal; `order` of a gate as well. */
import { Command } from 'commander';
import { jsonOption, wholeNumber } from '../cli/options.ts';
import { type Paint, paintFor, printJson, printLines } from '../cli/output.ts';
import { usageError } from '../cli/errors.ts';
import { Progress } from '../cli/progress.ts';
import { explainGateOrder, type OrderWish } from '../explain/gate/order.ts';
import { gateOrderText } from '../explain/gate/text.ts';
import { History, type OnProgress } from '../explain/venue/history.ts';
import { explainLiquidation } from '../explain/venue/liquidation.ts';
import { explainOrder } from '../explain/venue/order.ts';
import { liquidationText, orderText, tradeText } from '../explain/venue/text.ts';
import { explainTrade } from '../explain/venue/trade.ts';
import { holdsOf } from '../runtime/holds-of.ts';

export const VENUE_EXAMPLES = `
Examples:
  plimsoll explain order 9 --data venue
  plimsoll explain order 1 --data gate
  plimsoll explain order --seq 17 --data gate --json
  plimsoll explain trade 1 --data venue
  plimsoll explain liquidation 1 --data venue --json
`;
const HELP = `
Replays the journal of an exchange, or of a gate for \`order\`, to the moment. The directory is only read, and may be in use. The hash is over everything
but itself: equal hashes are equal explanations.

Exit code: 0 done; 2 usage, or no such id; 3 damaged data.
${VENUE_EXAMPLES}`;

interface Told<Document> {
  readonly explain: (history: History, id: number, onProgress: OnProgress) => Promise<Document>;
  readonly text: (document: Document, paint: Paint) => string[];
}

export function venueCommands(): Command[] {
  return [
    orderCommand(),
    subcommand('trade', 'A trade, and both sides before and after it.', {
      explain: explainTrade,
      text: tradeText,
    }),
    subcommand('liquidation', 'A liquidation step by step, each with its why.', {
      explain: explainLiquidation,
      text: liquidationText,
    }),
  ];
}

interface OrderOptions {
  readonly data: string;
  readonly seq?: number;
  readonly json?: boolean;
}

/** Of an exchange or of a gate, as the directory is. */
function orderCommand(): Command {
  return new Command('order')
    .description('The life of an order: what was decided and why, every fill, why it ended.')
    .argument('[id]', 'number of the order', wholeNumber(1))
    .requiredOption('--data <dir>', 'data directory of an exchange or a gate')
    .option(
      '--seq <n>',
      'of a gate: the decision at this sequence, which a refused order has alone',
      wholeNumber(1),
    )
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action(async (id: number | undefined, { data, seq, json }: OrderOptions) => {
      if ((id === undefined) === (seq === undefined))
        throw usageError('give the number of the order, or the sequence of its decision with --seq', {
          field: 'id',
          value: id ?? null,
        });
      if (holdsOf(data) !== 'gate') {
        if (id === undefined)
          throw usageError('--seq is about decisions of a gate: give the number of the order', {
            field: '--seq',
            value: seq,
          });
        await tell(data, id, json === true, { explain: explainOrder, text: orderText });
        return;
      }
      const progress = new Progress('explain');
      const wish: OrderWish =
        id === undefined ? { by: 'sequence', sequence: seq! } : { by: 'order', order: id };
      const document = await explainGateOrder(data, wish, (done, total) =>
        progress.show(done, total),
      ).finally(() => progress.clear());
      if (json === true) printJson(document);
      else printLines(gateOrderText(document, paintFor(process.stdout)));
    });
}

function subcommand<Document>(name: string, description: string, told: Told<Document>): Command {
  return new Command(name)
    .description(description)
    .argument('<id>', `number of the ${name}`, wholeNumber(1))
    .requiredOption('--data <dir>', 'data directory of an exchange')
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action((id: number, options: { readonly data: string; readonly json?: boolean }) =>
      tell(options.data, id, options.json === true, told),
    );
}

async function tell<Document>(
  data: string,
  id: number,
  json: boolean,
  { explain, text }: Told<Document>,
): Promise<void> {
  const progress = new Progress('explain');
  const history = await History.open(data);
  try {
    const document = await explain(history, id, (done, total) => progress.show(done, total));
    progress.clear();
    if (json) printJson(document);
    else printLines(text(document, paintFor(process.stdout)));
  } finally {
    progress.clear();
    await history.close();
  }
}

/** `plimsoll explain order`, `trade` and `liquidation`: what happened on an exchange, from its journal. */
import { Command } from 'commander';
import { jsonOption, wholeNumber } from '../cli/options.ts';
import { type Paint, paintFor, printJson, printLines } from '../cli/output.ts';
import { Progress } from '../cli/progress.ts';
import { History, type OnProgress } from '../explain/venue/history.ts';
import { explainLiquidation } from '../explain/venue/liquidation.ts';
import { explainOrder } from '../explain/venue/order.ts';
import { liquidationText, orderText, tradeText } from '../explain/venue/text.ts';
import { explainTrade } from '../explain/venue/trade.ts';

export const VENUE_EXAMPLES = `
Examples:
  plimsoll explain order 9 --data venue
  plimsoll explain trade 1 --data venue
  plimsoll explain liquidation 1 --data venue --json
`;
const HELP = `
Replays the journal of an exchange to the moment. The directory is only read, and may be in use. The hash is over everything
but itself: equal hashes are equal explanations.

Exit code: 0 done; 2 usage, or no such id; 3 damaged data.
${VENUE_EXAMPLES}`;

interface Told<Document> {
  readonly explain: (history: History, id: number, onProgress: OnProgress) => Promise<Document>;
  readonly text: (document: Document, paint: Paint) => string[];
}

export function venueCommands(): Command[] {
  return [
    subcommand('order', 'The life of an order: taken, every fill, why it ended.', {
      explain: explainOrder,
      text: orderText,
    }),
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

function subcommand<Document>(name: string, description: string, { explain, text }: Told<Document>): Command {
  return new Command(name)
    .description(description)
    .argument('<id>', `number of the ${name}`, wholeNumber(1))
    .requiredOption('--data <dir>', 'data directory of an exchange')
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action(async (id: number, options: { readonly data: string; readonly json?: boolean }) => {
      const progress = new Progress('explain');
      const history = await History.open(options.data);
      try {
        const document = await explain(history, id, (done, total) => progress.show(done, total));
        progress.clear();
        if (options.json === true) printJson(document);
        else printLines(text(document, paintFor(process.stdout)));
      } finally {
        progress.clear();
        await history.close();
      }
    });
}

/** The thread in which one question to the journal is answered. */
import { parentPort, workerData } from 'node:worker_threads';
import type { ExplanationDocument } from '../../../io/api/contract/explain.ts';
import { OperationalError } from '../../../io/operational-error.ts';
import { explanationDocument } from '../../explain/document.ts';
import { explainAccount } from '../../explain/explain.ts';
import { History } from '../../explain/venue/history.ts';
import { explainLiquidation } from '../../explain/venue/liquidation.ts';
import { explainOrder } from '../../explain/venue/order.ts';
import { explainTrade } from '../../explain/venue/trade.ts';
import type { PastAnswer, PastWork } from './question.ts';

const VENUE = { order: explainOrder, trade: explainTrade, liquidation: explainLiquidation };

const answer = (told: PastAnswer): void => parentPort!.postMessage(told, []);
try {
  answer({ document: await explain(workerData as PastWork) });
} catch (error) {
  const thrown = error instanceof Error ? error : new Error(String(error));
  const isKnown = error instanceof OperationalError;
  answer({
    document: null,
    code: isKnown ? error.code : null,
    message: thrown.message,
    fields: isKnown ? JSON.parse(JSON.stringify(error.fields)) : {},
    stack: thrown.stack ?? '',
  });
}

async function explain({ directory, question }: PastWork): Promise<ExplanationDocument> {
  const document = await documentOf(directory, question);
  // As it is printed: what is no JSON does not come so far.
  return JSON.parse(JSON.stringify(document));
}

async function documentOf(directory: string, question: PastWork['question']): Promise<object> {
  if (question.about === 'account') {
    const { account, wish } = question;
    const { explained } = await explainAccount({
      account,
      directory,
      wish,
      verify: false,
      onProgress: () => {},
    });
    return explanationDocument(explained);
  }
  const history = await History.open(directory);
  try {
    return await VENUE[question.about](history, question.id, () => {});
  } finally {
    await history.close();
  }
}

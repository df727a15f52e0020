/**
 * Marks of several captures as one stream, by time. Captures of the same market follow each other in the order given, since
 * each continues the ids of the one before; captures of different markets run side by side.
 */
import type { MarksCommand } from '../../core/schema/commands.ts';
import { CaptureDecoder } from '../../io/ingest/venues/binance/capture.ts';
import type { Input } from './inputs.ts';

export type MarkBatches = AsyncGenerator<readonly MarksCommand[], void, undefined>;

export function mergeCaptures(inputs: readonly Input[], decoder: CaptureDecoder): MarkBatches {
  const lanes = lanesOf(inputs).map((lane) => marksOf(lane, decoder));
  return lanes.length === 1 ? lanes[0] : mergeLanes(lanes);
}

/** Files that share a market, together and in order. */
function lanesOf(inputs: readonly Input[]): Input[][] {
  let lanes: { files: Input[]; markets: Set<string> }[] = [];
  for (const input of inputs) {
    const markets = new Set(input.prices.keys());
    const joined = lanes.filter((lane) => [...markets].some((market) => lane.markets.has(market)));
    lanes = lanes.filter((lane) => !joined.includes(lane));
    for (const lane of joined) for (const market of lane.markets) markets.add(market);
    const files = [...joined.flatMap((lane) => lane.files), input];
    lanes.push({ files: files.sort((a, b) => inputs.indexOf(a) - inputs.indexOf(b)), markets });
  }
  return lanes.map((lane) => lane.files);
}

async function* marksOf(files: readonly Input[], decoder: CaptureDecoder): MarkBatches {
  for (const input of files) {
    for await (const batch of input.lines()) {
      const marks: MarksCommand[] = [];
      for (let index = 0; index < batch.lines.length; index++) {
        const command = decoder.decode(batch.lines[index], input.name, batch.first + index);
        if (command !== null) marks.push(command);
      }
      yield marks;
    }
  }
}

interface Lane {
  readonly batches: MarkBatches;
  marks: readonly MarksCommand[];
  at: number;
}

async function* mergeLanes(sources: readonly MarkBatches[]): MarkBatches {
  let lanes: Lane[] = sources.map((batches) => ({ batches, marks: [], at: 0 }));
  for (;;) {
    for (const lane of lanes) await refill(lane);
    lanes = lanes.filter((lane) => lane.at < lane.marks.length);
    if (lanes.length === 0) return;
    // As far as every lane has marks; on a tie the lane that was named first.
    const merged: MarksCommand[] = [];
    while (lanes.every((lane) => lane.at < lane.marks.length)) {
      let first = lanes[0];
      for (const lane of lanes) if (lane.marks[lane.at].timeUs < first.marks[first.at].timeUs) first = lane;
      merged.push(first.marks[first.at++]);
    }
    yield merged;
  }
}

async function refill(lane: Lane): Promise<void> {
  while (lane.at === lane.marks.length) {
    const next = await lane.batches.next();
    if (next.done === true) return;
    lane.marks = next.value;
    lane.at = 0;
  }
}

import { useCallback, useEffect, useMemo, useRef, type PointerEvent, type ReactNode } from 'react';
import type { LiquidationMap } from '../../../../src/client/index.ts';
import { colour } from '../../app/theme.ts';
import { useCanvas } from '../../charts/canvas.ts';
import { frame } from '../../live/frame.ts';
import { compact, decimal } from '../../ui/format.ts';
import { scaleOf, type Scale } from './scale.ts';

interface Props {
  readonly map: LiquidationMap;
  /** Where the mark is dragged to, in percent from where it is. */
  readonly percent: number;
  readonly onPercent: (percent: number) => void;
}

const PLACE = { left: 52, right: 56, top: 26, bottom: 38 } as const;
/** Notional of a step at the left, the sum from the mark at the right: at the top and at half of it. */
const RUNGS = [0.5, 1] as const;

/*
 *   notional      ▂                       what falls at each price: longs under the mark, shorts over it
 *              ▃ ▇█▅        ▂▅▃
 *   price  ────────────┼──────────        the lit side is what the dragged mark passes on its way
 */
export function MapChart({ map, percent, onPercent }: Props): ReactNode {
  const scale = useMemo(() => scaleOf(map), [map]);
  const ref = useCanvas(
    useCallback(
      (context, width, height) => drawMap(context, width, height, map, scale, percent),
      [map, scale, percent],
    ),
  );
  // A pointer may move many times a frame: where it is when one is drawn is all that is seen.
  const move = useRef({ to: 0, task: () => {} });
  useEffect(() => {
    move.current.task = () => {
      if (ref.current === null) return;
      const { left, width } = ref.current.getBoundingClientRect();
      const share = (move.current.to - left - PLACE.left) / (width - PLACE.left - PLACE.right);
      const wanted = scale.lowPercent + share * (scale.highPercent - scale.lowPercent);
      onPercent(Math.round(Math.min(scale.highPercent, Math.max(scale.lowPercent, wanted)) * 10) / 10);
    };
  }, [ref, scale, onPercent]);
  const drag = (event: PointerEvent<HTMLCanvasElement>): void => {
    if (event.buttons !== 1) return;
    move.current.to = event.clientX;
    frame(move.current.task);
  };
  return (
    <canvas
      ref={ref}
      className="map"
      role="img"
      aria-label="Notional that would be liquidated at each price; the slider below moves the mark"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        drag(event);
      }}
      onPointerMove={drag}
    />
  );
}

function drawMap(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  map: LiquidationMap,
  scale: Scale,
  percent: number,
): void {
  const floor = height - PLACE.bottom;
  const span = scale.highPercent - scale.lowPercent;
  const x = (at: number): number =>
    PLACE.left + ((at - scale.lowPercent) / span) * (width - PLACE.left - PLACE.right);
  const barWidth = Math.max(1, x(Number(map.stepPercent)) - x(0));
  const mark = Number(map.markPrice);

  context.font = `11px ${colour('font')}`;
  drawGrid(context, width, floor, x, span, mark);
  drawRungs(context, width, floor, scale);
  context.fillStyle = `${colour('text')}0d`;
  context.fillRect(Math.min(x(0), x(percent)), PLACE.top, Math.abs(x(percent) - x(0)), floor - PLACE.top);

  for (const step of scale.steps) {
    const move = Number(step.movePercent);
    const isPassed = percent < 0 ? move < 0 && move >= percent : move > 0 && move <= percent;
    const left = move < 0 ? x(move) : x(move) - barWidth;
    let foot = floor;
    for (const [notional, tone] of [
      [step.longNotional, 'long'],
      [step.shortNotional, 'short'],
    ] as const) {
      const tall = scale.highest === 0 ? 0 : (Number(notional) / scale.highest) * (floor - PLACE.top);
      context.fillStyle = colour(tone);
      context.globalAlpha = isPassed ? 1 : 0.38;
      context.fillRect(left + 0.5, foot - tall, Math.max(1, barWidth - 1), tall);
      foot -= tall;
    }
  }
  context.globalAlpha = 1;
  drawTotals(context, floor, x, scale);
  // The two names would cover each other where the mark is dragged a little.
  const isFar = percent === 0 || Math.abs(x(percent) - x(0)) > 100;
  drawMark(context, floor, x(0), colour('dim'), isFar ? `mark ${decimal(map.markPrice)}` : '', width);
  if (percent !== 0)
    drawMark(
      context,
      floor,
      x(percent),
      colour('text'),
      `${percent > 0 ? '+' : '\u2212'}${Math.abs(percent).toFixed(1)} %`,
      width,
    );
  else drawHandle(context, x(0), PLACE.top + 8, colour('text'));
}

function drawGrid(
  context: CanvasRenderingContext2D,
  width: number,
  floor: number,
  x: (percent: number) => number,
  span: number,
  mark: number,
): void {
  const every = [1, 2, 5, 10, 20, 50].find((step) => (span / step) * 74 < width) ?? 100;
  context.textAlign = 'center';
  context.fillStyle = colour('faint');
  context.strokeStyle = colour('line');
  context.lineWidth = 1;
  for (let at = -100; at <= 1000; at += every) {
    const place = Math.round(x(at)) + 0.5;
    if (place < PLACE.left || place > width - PLACE.right) continue;
    context.beginPath();
    context.moveTo(place, PLACE.top);
    context.lineTo(place, floor);
    context.stroke();
    const price = String(mark * (1 + at / 100));
    const text =
      mark >= 1 ? decimal(Number(price).toFixed(mark >= 1000 ? 0 : 2)) : Number(price).toPrecision(4);
    const half = context.measureText(text).width / 2;
    if (place - half < 0 || place + half > width) continue;
    context.fillText(text, place, floor + 16);
    context.fillText(at === 0 ? 'mark' : `${at > 0 ? '+' : '\u2212'}${Math.abs(at)} %`, place, floor + 31);
  }
}

function drawRungs(
  context: CanvasRenderingContext2D,
  width: number,
  floor: number,
  { highest, highestTotal }: Scale,
): void {
  context.strokeStyle = colour('line');
  context.fillStyle = colour('faint');
  context.lineWidth = 1;
  for (const rung of RUNGS) {
    const y = Math.round(floor - rung * (floor - PLACE.top)) + 0.5;
    context.beginPath();
    context.moveTo(PLACE.left, y);
    context.lineTo(width - PLACE.right, y);
    context.stroke();
    context.textAlign = 'right';
    context.fillText(compact((rung * highest).toFixed(0), 0), PLACE.left - 6, y + 4);
    context.textAlign = 'left';
    context.fillText(compact((rung * highestTotal).toFixed(0), 0), width - PLACE.right + 6, y + 4);
  }
}

/** How much falls from the mark to there, all in all. */
function drawTotals(
  context: CanvasRenderingContext2D,
  floor: number,
  x: (percent: number) => number,
  { steps, highestTotal }: Scale,
): void {
  if (highestTotal === 0) return;
  const y = (total: string): number => floor - (Number(total) / highestTotal) * (floor - PLACE.top);
  context.strokeStyle = colour('dim');
  context.lineWidth = 1.25;
  for (const side of [
    steps.filter(({ movePercent }) => Number(movePercent) < 0).toReversed(),
    steps.filter(({ movePercent }) => Number(movePercent) > 0),
  ]) {
    context.beginPath();
    context.moveTo(x(0), floor);
    for (const { movePercent, totalNotional } of side)
      context.lineTo(x(Number(movePercent)), y(totalNotional));
    context.stroke();
  }
}

function drawMark(
  context: CanvasRenderingContext2D,
  floor: number,
  at: number,
  tone: string,
  text: string,
  width: number,
): void {
  context.strokeStyle = tone;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(at, PLACE.top - 4);
  context.lineTo(at, floor);
  context.stroke();
  const half = context.measureText(text).width / 2 + 6;
  context.textAlign = 'center';
  context.fillStyle = tone;
  context.fillText(text, Math.min(width - half, Math.max(half, at)), PLACE.top - 10);
  if (tone === colour('text')) drawHandle(context, at, PLACE.top + 8, tone);
}

function drawHandle(context: CanvasRenderingContext2D, at: number, y: number, tone: string): void {
  context.fillStyle = colour('panel');
  context.strokeStyle = tone;
  context.lineWidth = 1.5;
  context.beginPath();
  context.arc(at, y, 6, 0, 7);
  context.fill();
  context.stroke();
  context.beginPath();
  context.moveTo(at - 10, y);
  context.lineTo(at + 10, y);
  context.stroke();
}

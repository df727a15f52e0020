import { useCallback, type ReactNode } from 'react';
import { colour } from '../app/theme.ts';
import { useCanvas } from './canvas.ts';

interface Props {
  readonly values: readonly number[];
  readonly label: string;
  /** A name of tokens.css. */
  readonly tone?: string | undefined;
}

/** The shape of the last minutes, without axes: the number above it is the last of them. */
export function Spark({ values, label, tone = 'dim' }: Props): ReactNode {
  const ref = useCanvas(
    useCallback(
      (context, width, height) => {
        if (values.length < 2) return;
        const low = Math.min(...values);
        const high = Math.max(...values);
        const x = (at: number): number => (at / (values.length - 1)) * (width - 4) + 1;
        const y = (value: number): number =>
          high > low
            ? height - 2 - ((value - low) / (high - low)) * (height - 4)
            : high === 0
              ? height - 2
              : height / 2;
        const line = colour(tone);
        context.beginPath();
        values.forEach((value, at) => context.lineTo(x(at), y(value)));
        context.strokeStyle = line;
        context.lineWidth = 1.25;
        context.lineJoin = 'round';
        context.stroke();
        context.lineTo(x(values.length - 1), height);
        context.lineTo(x(0), height);
        context.globalAlpha = 0.1;
        context.fillStyle = line;
        context.fill();
        context.globalAlpha = 1;
        context.beginPath();
        context.arc(x(values.length - 1), y(values.at(-1)!), 1.75, 0, 7);
        context.fill();
      },
      [values, tone],
    ),
  );
  return <canvas ref={ref} role="img" aria-label={label} />;
}

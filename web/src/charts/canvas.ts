/** A canvas as sharp as the screen, drawn again when its size or the theme changes. */
import { useEffect, useRef, type RefObject } from 'react';
import { useTheme } from '../app/theme.ts';

export type Draw = (context: CanvasRenderingContext2D, width: number, height: number) => void;

interface Size {
  readonly width: number;
  readonly height: number;
}

export function useCanvas(draw: Draw): RefObject<HTMLCanvasElement | null> {
  const ref = useRef<HTMLCanvasElement>(null);
  // Told by the browser: to ask the element would lay the whole page out, between one canvas and the next.
  const size = useRef<Size>({ width: 0, height: 0 });
  const latest = useRef(draw);
  useEffect(() => {
    latest.current = draw;
  }, [draw]);
  const theme = useTheme();

  useEffect(() => {
    const canvas = ref.current;
    if (canvas !== null) paint(canvas, size.current, latest.current);
  }, [draw, theme]);

  useEffect(() => {
    const canvas = ref.current;
    if (canvas === null) return;
    const observer = new ResizeObserver(([{ contentRect }]) => {
      size.current = { width: Math.round(contentRect.width), height: Math.round(contentRect.height) };
      paint(canvas, size.current, latest.current);
    });
    observer.observe(canvas);
    return () => observer.disconnect();
  }, []);
  return ref;
}

function paint(canvas: HTMLCanvasElement, { width, height }: Size, draw: Draw): void {
  const ratio = window.devicePixelRatio || 1;
  const context = canvas.getContext('2d');
  if (context === null || width === 0 || height === 0) return;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  draw(context, width, height);
}

import {
  CandlestickSeries,
  ColorType,
  createChart,
  HistogramSeries,
  LineSeries,
  LineStyle,
  type IChartApi,
  type ISeriesApi,
  type UTCTimestamp,
} from 'lightweight-charts';
import { useEffect, useRef, type ReactNode } from 'react';
import type { Candle } from '../../../src/client/index.ts';
import { colour, useTheme } from '../app/theme.ts';
import { decimal } from '../ui/format.ts';

interface Props {
  readonly label: string;
  readonly candles: readonly Candle[];
  /** Places behind the point that prices have here. */
  readonly places: number;
}

interface Chart {
  readonly api: IChartApi;
  readonly trades: ISeriesApi<'Candlestick'>;
  readonly mark: ISeriesApi<'Line'>;
  readonly index: ISeriesApi<'Line'>;
  readonly volume: ISeriesApi<'Histogram'>;
}

const timeOf = ({ time }: Candle): UTCTimestamp => (Date.parse(time) / 1000) as UTCTimestamp;

/** Trades as candles, and the two prices that matter more as lines over them: the mark, and the index. */
export function CandleChart({ label, candles, places }: Props): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<Chart | null>(null);
  const theme = useTheme();

  useEffect(() => {
    const made = make(place.current!, places);
    chart.current = made;
    return () => {
      made.api.remove();
      chart.current = null;
    };
  }, [theme, places]);

  useEffect(() => {
    if (chart.current === null) return;
    const { trades, mark, index, volume } = chart.current;
    trades.setData(
      candles.map((candle) =>
        candle.open === null
          ? { time: timeOf(candle) }
          : {
              time: timeOf(candle),
              open: Number(candle.open),
              high: Number(candle.high),
              low: Number(candle.low),
              close: Number(candle.close),
            },
      ),
    );
    mark.setData(line(candles, ({ markClose }) => markClose));
    index.setData(line(candles, ({ indexClose }) => indexClose));
    volume.setData(candles.map((candle) => ({ time: timeOf(candle), value: Number(candle.volume) })));
  }, [candles, theme, places]);

  return <div className="candles" role="group" aria-label={label} ref={place} />;
}

function line(
  candles: readonly Candle[],
  of: (candle: Candle) => string | null,
): ({ time: UTCTimestamp; value: number } | { time: UTCTimestamp })[] {
  return candles.map((candle) => {
    const value = of(candle);
    return value === null ? { time: timeOf(candle) } : { time: timeOf(candle), value: Number(value) };
  });
}

function make(element: HTMLElement, places: number): Chart {
  const api = createChart(element, {
    autoSize: true,
    layout: {
      background: { type: ColorType.Solid, color: 'transparent' },
      textColor: colour('faint'),
      fontFamily: colour('font'),
      fontSize: 11,
    },
    grid: { vertLines: { color: colour('line') }, horzLines: { color: colour('line') } },
    rightPriceScale: { borderVisible: false },
    timeScale: { borderVisible: false, timeVisible: true, secondsVisible: true, rightOffset: 2 },
    crosshair: {
      vertLine: { labelBackgroundColor: colour('line-strong') },
      horzLine: { labelBackgroundColor: colour('line-strong') },
    },
  });
  const priceFormat = {
    type: 'custom',
    formatter: (price: number) => decimal(price.toFixed(places)),
    minMove: 10 ** -places,
  } as const;
  const volume = api.addSeries(HistogramSeries, {
    color: `${colour('faint')}55`,
    priceScaleId: 'volume',
    priceLineVisible: false,
    lastValueVisible: false,
  });
  api.priceScale('volume').applyOptions({ scaleMargins: { top: 0.86, bottom: 0 } });
  const trades = api.addSeries(CandlestickSeries, {
    upColor: colour('gain'),
    downColor: colour('loss'),
    wickUpColor: colour('gain'),
    wickDownColor: colour('loss'),
    borderVisible: false,
    priceLineVisible: false,
    lastValueVisible: false,
    priceFormat,
  });
  const index = api.addSeries(LineSeries, {
    color: colour('short'),
    lineWidth: 1,
    lineStyle: LineStyle.Dashed,
    priceLineVisible: false,
    lastValueVisible: false,
    crosshairMarkerVisible: false,
    priceFormat,
  });
  const mark = api.addSeries(LineSeries, {
    color: colour('text'),
    lineWidth: 2,
    priceLineVisible: false,
    crosshairMarkerVisible: false,
    priceFormat,
  });
  return { api, trades, mark, index, volume };
}

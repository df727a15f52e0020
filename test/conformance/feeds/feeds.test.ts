import { binanceSpot, binanceUsdm } from './binance.ts';
import { bybit } from './bybit.ts';
import { coinbase } from './coinbase.ts';
import { hyperliquid } from './hyperliquid.ts';
import { kraken } from './kraken.ts';
import { okx } from './okx.ts';
import { feedConformance } from './suite.ts';

feedConformance('OKX', okx);
feedConformance('Bybit', bybit);
feedConformance('Coinbase', coinbase);
feedConformance('Kraken', kraken);
feedConformance('Binance USD-M', binanceUsdm);
feedConformance('Binance spot', binanceSpot);
feedConformance('Hyperliquid', hyperliquid);

import { orderBookConformance } from '../../../test/conformance/order-book.ts';
import { DirectOrderBook } from './direct-order-book.ts';
import { NaiveOrderBook } from './naive-order-book.ts';

orderBookConformance('NaiveOrderBook', () => new NaiveOrderBook());
orderBookConformance('DirectOrderBook', () => new DirectOrderBook());
